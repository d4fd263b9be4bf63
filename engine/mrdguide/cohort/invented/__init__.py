"""Invented cohorts for tests, teaching and measuring; nothing in them is of any patient, and nothing may be concluded from them."""
