"""How long it takes from a change in the workbench to the answer shown, against the evaluation itself.

Over HTTP on this machine, without a browser: what a browser adds (putting the fragment in place) is a few milliseconds. Prints the
median and the 95th percentile in milliseconds for every example, and their ratio to one evaluation.
"""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Callable
from functools import partial

import httpx
import uvicorn

import mrdguide
from mrdguide.service.workbench_app import create_workbench
from mrdguide.teach.examples import examples
from mrdguide.workbench.opening import open_bench, opened_file

TIMES = 20
TARGET = 150.0


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def served(app: object) -> tuple[uvicorn.Server, str]:
    """The workbench on a free port of this machine, and its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))  # type: ignore[arg-type]
    threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
    while not server.started:
        time.sleep(0.02)
    return server, f"http://127.0.0.1:{listening.getsockname()[1]}"


def main() -> None:
    rules = mrdguide.load_rules()
    app, _ = create_workbench(open_bench(rules))
    server, address = served(app)
    shown, evaluated = [], []
    with httpx.Client(base_url=address, timeout=60) as client:
        for item in examples():
            state = opened_file(item.path, item.as_of)
            took = []
            judged = partial(mrdguide.evaluate, state.profile, rules=rules, as_of=item.as_of)
            for number in range(TIMES):
                body = {"state": state.to_text(), "p.ecog": str(number % 3)}
                took.append(milliseconds(partial(client.post, "/do/patient/set", data=body)))
                evaluated.append(milliseconds(judged))
            shown += took
            print(
                f"{item.file:40} median {statistics.median(took):6.1f}  p95 {statistics.quantiles(took, n=20)[-1]:6.1f}"
            )
    server.should_exit = True
    last, once = statistics.quantiles(shown, n=20)[-1], statistics.median(evaluated)
    print(
        f"all: median {statistics.median(shown):.1f} ms, p95 {last:.1f} ms (target {TARGET:g}); one evaluation {once:.1f} ms, {last / once:.0f} times"
    )


if __name__ == "__main__":
    main()
