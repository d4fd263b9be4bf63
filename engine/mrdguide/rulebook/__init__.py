"""The rule book: loaded, compiled and proved once."""
