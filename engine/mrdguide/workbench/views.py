"""The views, in the order in which they are offered. A new view is added here, and nowhere else."""

from __future__ import annotations

from .cohort.view import COHORT
from .evidence.view import EVIDENCE
from .exchange import View
from .patient.view import PATIENT
from .rules.view import RULES
from .teach import TEACH

VIEWS: dict[str, View] = {view.id: view for view in (PATIENT, RULES, EVIDENCE, TEACH, COHORT)}
