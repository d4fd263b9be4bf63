"""Counts and times in the text format of Prometheus. Labels are routes, methods and statuses: nothing of a patient."""

from __future__ import annotations

from collections import Counter
from threading import Lock

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Requests answered since the start. Thread-safe.

    Each process counts what it has answered. Where several serve one address, `process` tells them apart as a label.
    """

    def __init__(self, process: str = "") -> None:
        self._process = f'process="{process}"' if process else ""
        self._lock = Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._within: Counter[tuple[str, float]] = Counter()
        self._seconds: dict[str, float] = {}
        self._answers: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request was answered."""
        with self._lock:
            self._requests[route, method, status] += 1
            self._answers[route] += 1
            self._seconds[route] = self._seconds.get(route, 0.0) + seconds
            for bound in _BOUNDS:
                if seconds <= bound:
                    self._within[route, bound] += 1

    def recommended(self, outcome: str) -> None:
        """One recommendation was made; outcomes are those of the rule book."""
        with self._lock:
            self._outcomes[outcome] += 1

    def text(self, waiting: int) -> str:
        """Everything, as Prometheus reads it."""
        with self._lock:
            lines = [
                "# HELP mrdguide_requests_total Requests answered.",
                "# TYPE mrdguide_requests_total counter",
                *(
                    self._sample("mrdguide_requests_total", count, route=route, method=method, status=status)
                    for (route, method, status), count in sorted(self._requests.items())
                ),
                "# HELP mrdguide_recommendations_total Recommendations made, by outcome.",
                "# TYPE mrdguide_recommendations_total counter",
                *(
                    self._sample("mrdguide_recommendations_total", count, outcome=outcome)
                    for outcome, count in sorted(self._outcomes.items())
                ),
                "# HELP mrdguide_waiting Evaluations begun or waiting.",
                "# TYPE mrdguide_waiting gauge",
                self._sample("mrdguide_waiting", waiting),
                "# HELP mrdguide_request_seconds Time from the first byte of a request read to its answer.",
                "# TYPE mrdguide_request_seconds histogram",
            ]
            for route in sorted(self._answers):
                lines += self._histogram(route)
        return "\n".join(lines) + "\n"

    def _histogram(self, route: str) -> list[str]:
        name, count = "mrdguide_request_seconds", self._answers[route]
        return [
            *(
                self._sample(f"{name}_bucket", self._within[route, bound], route=route, le=f"{bound:g}")
                for bound in _BOUNDS
            ),
            self._sample(f"{name}_bucket", count, route=route, le="+Inf"),
            self._sample(f"{name}_sum", f"{self._seconds[route]:.6f}", route=route),
            self._sample(f"{name}_count", count, route=route),
        ]

    def _sample(self, name: str, value: object, **labels: object) -> str:
        shown = ",".join([*(f'{label}="{text}"' for label, text in labels.items()), *filter(None, (self._process,))])
        return f"{name}{{{shown}}} {value}" if shown else f"{name} {value}"
