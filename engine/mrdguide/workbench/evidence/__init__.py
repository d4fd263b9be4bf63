"""The evidence view: every study with its figures and where they were read, and how it compares with the patient."""
