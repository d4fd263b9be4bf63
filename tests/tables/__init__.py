"""Patients from CSV tables."""
