"""The views, in the order in which they are offered. A new view is added here, and nowhere else."""

from __future__ import annotations

from .exchange import View
from .cohort import COHORT
from .patient.view import PATIENT
from .teach import TEACH

VIEWS: dict[str, View] = {view.id: view for view in (PATIENT, TEACH, COHORT)}
