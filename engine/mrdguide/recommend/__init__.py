"""A patient goes in, a recommendation comes out."""
