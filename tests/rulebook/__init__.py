"""Rule books, good and bad."""
