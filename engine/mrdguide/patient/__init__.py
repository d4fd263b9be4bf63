"""What is known of a patient: typed, dated, units explicit."""

from .profile import Patient
from .reader import read_patient

__all__ = ["Patient", "read_patient"]
