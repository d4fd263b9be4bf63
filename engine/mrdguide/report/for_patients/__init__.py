"""The companion in plain language."""
