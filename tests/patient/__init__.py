"""Reading a patient profile."""
