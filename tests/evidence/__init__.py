"""The evidence base."""
