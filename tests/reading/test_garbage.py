"""While much is read Python looks for no garbage; afterwards, and in a child, everything is as the program had it."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator

import pytest

from mrdguide import fhir
from mrdguide.errors import FhirError
from mrdguide.intake.fhir import reader
from mrdguide.reading.garbage import not_collected


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def fails() -> None:
    assert not gc.isenabled()
    raise ValueError("told")


def test_afterwards_it_is_looked_for_again_whatever_happened() -> None:
    with pytest.raises(ValueError, match="told"), not_collected():
        fails()
    assert gc.isenabled()


def test_a_program_that_looks_for_none_is_left_alone() -> None:
    gc.disable()
    with not_collected():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_the_last_of_several_at_one_time_ends_it() -> None:
    inside, goes_on = threading.Event(), threading.Event()

    def other() -> None:
        with not_collected():
            inside.set()
            goes_on.wait(10)

    thread = threading.Thread(target=other)
    with not_collected():
        thread.start()
        assert inside.wait(10)
    assert not gc.isenabled()
    goes_on.set()
    thread.join()
    assert gc.isenabled()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_child_forked_meanwhile_looks_for_it() -> None:
    with not_collected():
        child = os.fork()
        if child == 0:
            os._exit(0 if gc.isenabled() else 1)
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert gc.isenabled()


def test_a_large_chart_that_cannot_be_read_leaves_it_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_LARGE", 1)
    with pytest.raises(FhirError):
        fhir.read(
            {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": {"resourceType": "MedicationOrder"}}],
            }
        )
    assert gc.isenabled()
