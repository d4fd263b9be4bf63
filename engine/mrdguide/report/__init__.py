"""Readers of a recommendation, for people."""
