"""What can be done to the patient: each takes what the page held and says what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from ...dates import add_months, parse_date
from ...errors import MrdguideError, PatientError, Problem, UsageError
from ...patient.reader import read_patient
from ...recommend.evaluation import day_of
from ..bench import Bench
from ..cohort.access import cohort_of
from ..exchange import Action, Fields, Turn
from ..state import Profile, State, Supposed
from .form import PREFIX, like_the_last
from .form_plan import as_asked, plan
from .form_reading import read_form
from .interview import answer
from .judged import check_day, counted, judge, nobody
from .later import months_of
from .pasted import open_text, profile_of
from .places import value_at, with_value, without
from .results import with_result

Step = Callable[[Bench, State, Fields], Turn]


def after_the_form(step: Step) -> Action:
    """An action on what the form holds: where something in the form cannot be read, the action waits until it can."""

    def act(bench: Bench, state: State, fields: Fields) -> Turn:
        taken = _taken_in(bench, state, fields)
        if taken.problems:
            return taken
        try:
            found = step(bench, taken.state, fields)
        except MrdguideError as error:
            return Turn(taken.state, notice=str(error))
        return found

    return act


def _taken_in(bench: Bench, state: State, fields: Fields) -> Turn:
    """The state with what the form holds; with what was typed and the problems where it cannot be read."""
    typed = {name: text for name, text in fields.items() if name.startswith((PREFIX, "whole.")) or name == "as_of"}
    try:
        as_of = check_day(fields.get("as_of", state.as_of))
        entered = read_form(state.profile, fields, bench.rules, day_of(as_of))
        problems = entered.problems
        if not problems and entered.told and value_at(entered.profile, "diagnosis.disease") is not None:
            read_patient(counted(entered.profile))
    except PatientError as error:
        return Turn(state, problems=error.problems, typed=typed)
    except UsageError as error:
        return Turn(
            state, problems=(Problem(str(error).removeprefix("as_of: "), "", "as_of", code="not-a-date"),), typed=typed
        )
    if problems:
        return Turn(state, problems=problems, typed=typed)
    told = entered.told
    if as_of != state.as_of:
        told = (*told, f"judged on {as_of}, before on {state.as_of}")
    if "months" in fields:
        state = state.model_copy(update={"months": months_of(fields)})
    return Turn(state.changed(entered.profile, as_of, told) if told else state)


def _nothing_more(_bench: Bench, state: State, _fields: Fields) -> Turn:
    return Turn(state)


set_fields = after_the_form(_nothing_more)


def undo(bench: Bench, state: State, fields: Fields) -> Turn:
    """Take the last change back. What was typed and could not be taken in is such a change, and nothing else goes with it."""
    if _taken_in(bench, state, fields).problems:
        return Turn(state, notice="What was typed last, and could not be taken in, is gone; all else stays as it was.")
    return Turn(state.undone(), notice="" if state.undo else "There is nothing to undo.")


def start_anew(_bench: Bench, state: State, _fields: Fields) -> Turn:
    """An empty patient; the one before can be had back by undo."""
    return replace(_opened(state, nobody(), told="a new patient"), focus="p-diagnosis-disease")


def open_pasted(_bench: Bench, state: State, fields: Fields) -> Turn:
    """The patient that was pasted or dropped, in the place of the one on the page."""
    text = fields.get("pasted", "")
    try:
        opened = open_text(text)
    except MrdguideError as error:
        return Turn(state, notice=str(error), typed={"pasted": text})
    turn = _opened(state, opened.profile, opened.notice)
    return Turn(turn.state.model_copy(update={"imported": opened.imported}), turn.notice)


def open_example(bench: Bench, state: State, fields: Fields) -> Turn:
    """An invented patient of the shipped examples, on the day that it was written for."""
    name = fields.get("example", "")
    found = next((item for item in bench.lessons if item.example.file.removesuffix(".yaml") == name), None)
    if found is None or found.example.file not in bench.examples:
        raise UsageError(f"there is no example '{name[:40]}'")
    opened = profile_of(bench.examples[found.example.file], found.example.file)
    turn = _opened(state, opened.profile, opened.notice)
    return Turn(turn.state.model_copy(update={"as_of": found.as_of, "invented": name}), turn.notice)


def open_of_cohort(bench: Bench, state: State, fields: Fields) -> Turn:
    """A patient of the cohort, on the day on which the cohort was judged.

    Raises:
        UsageError: this page shows no cohort, or the profile cannot be found; the page stays as it is.
    """
    text = fields.get("place", "")
    cohort = cohort_of(bench, state)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError("there is no such patient in this report; reload the page")
    row, found = cohort.profile(int(text))
    as_of = row.day.isoformat()
    told = f"Opened {row.patient} from {found.place}. In the cohort: {row.outcome}."
    now = judge((bench.below or bench).rules, found.profile, as_of).answer
    if now is None or now.outcome != row.answer:
        told += " The answer here is another one: the profile or the rules have changed since the cohort was judged."
    return Turn(_opened(state, found.profile, told).state.model_copy(update={"as_of": as_of}), told)


def open_of_layer(bench: Bench, state: State, fields: Fields) -> Turn:
    """A patient of the layer's comparison, judged with the layer, on the day on which it was compared.

    Raises:
        UsageError: there is no such example, or the day is none.
    """
    if "example" in fields:
        turn = open_example(bench, state, fields)
    else:
        day = check_day(fields.get("as_of", ""))
        turn = open_pasted(bench, state, {"pasted": fields.get("pasted", "")})
        turn = replace(turn, state=turn.state.model_copy(update={"as_of": day}))
    return replace(turn, state=turn.state.model_copy(update={"by_layer": True}))


def _by_layer(_bench: Bench, state: State, fields: Fields) -> Turn:
    """Judge with the layer that the page holds, or without it."""
    return Turn(state.model_copy(update={"by_layer": fields.get("with_layer") == "yes", "before": None}))


def _opened(state: State, profile: Profile, notice: str = "", told: str = "another patient") -> Turn:
    """Another patient in the place of the one on the page, of whom nothing is taken over."""
    opened = state.changed(profile, state.as_of, (told,), tried=())
    fresh = {"before": None, "invented": "", "imported": None, "months": 0, "by_layer": False}
    return Turn(opened.model_copy(update=fresh), notice=notice)


def _add(_bench: Bench, state: State, fields: Fields) -> Turn:
    """A new entry of a list; where a day is given it has that day, and what the last one has where it shall be like it."""
    name = fields.get("list", "")
    item = plan().lists.get(name)
    if item is None:
        raise UsageError(f"there is no list '{name[:40]}'")
    entries = list(value_at(state.profile, name) or [])
    first = "start" if name == "therapy" else "date"
    entry = {first: str(parse_date(day))} if (day := fields.get("day", "")) else {}
    if fields.get("like"):
        entry |= like_the_last(item, entries)
    found = state.changed(with_value(state.profile, name, [*entries, entry]), state.as_of, (f"{item.one} added",))
    focus = f"{PREFIX}{name}[{len(entries)}].{item.fields[0]}"
    return Turn(found, focus="".join(sign if sign.isalnum() else "-" for sign in focus))


def _remove(_bench: Bench, state: State, fields: Fields) -> Turn:
    """Take an entry out."""
    path = fields.get("entry", "")
    name = path.partition("[")[0]
    if name not in plan().lists or value_at(state.profile, path) is None:
        raise UsageError("that entry is not there any more")
    told = f"{plan().lists[name].one} taken out"
    left = without(state.profile, path)
    if name not in left:
        left = with_value(left, name, [])
    return Turn(state.changed(left, state.as_of, (told,)), focus=f"add-{name}")


def _move(_bench: Bench, state: State, fields: Fields) -> Turn:
    """Move what an entry has as a day (or as its first and last) by months, or to a day; as precise as it was."""
    path, which = fields.get("entry", ""), fields.get("ends", "").split(",")
    name = path.partition("[")[0]
    if name not in plan().lists or value_at(state.profile, path) is None:
        raise UsageError("that entry is not there any more")
    try:
        months, days = int(fields.get("by_months") or 0), int(fields.get("by_days") or 0)
    except ValueError:
        raise UsageError("by how much an entry is moved is not a number") from None
    profile, told = state.profile, []
    for end in which:
        place = f"{path}.{end}"
        recorded = value_at(profile, place)
        if end not in ("date", "start", "end") or recorded is None:
            continue
        moved = _moved(str(recorded), months, days)
        profile = with_value(profile, place, moved)
        told.append(f"{plan().lists[name].one}, {end}: {recorded} \N{RIGHTWARDS ARROW} {moved}")
    read_patient(counted(profile))
    return Turn(state.changed(profile, state.as_of, tuple(told))) if told else Turn(state)


def _moved(text: str, months: int, days: int) -> str:
    """A date moved; one known to the month or the year stays known to that. A year moves by whole years."""
    found = parse_date(text)
    if len(text) == 4:
        step = (months > 0) - (months < 0) if months else round(days / 365)
        return str(int(text) + step)
    day = date.fromordinal(add_months(found.earliest, months) + days).isoformat()
    return day[: len(text)]


def _suppose(_bench: Bench, state: State, fields: Fields) -> Turn:
    """Look at one result of something that is missing, without entering it."""
    path, answer = fields.get("path", ""), fields.get("answer", "")
    wanted = Supposed(path=path, answer=answer)
    return Turn(state.model_copy(update={"supposed": None if state.supposed == wanted else wanted}))


def _keep(bench: Bench, state: State, _fields: Fields) -> Turn:
    """Enter the result that was supposed. The page says that it was tried until somebody says that a report holds it."""
    found = judge(bench.rules, state.profile, state.as_of).answer
    if found is None or state.supposed is None:
        return Turn(state)
    what = next((item.what for item in found.missing if item.path == state.supposed.path), state.supposed.path)
    profile = with_result(found, state.profile, state.supposed.path, state.supposed.answer)
    entered = f"{as_asked(what)}: {state.supposed.answer}"
    return Turn(state.changed(profile, state.as_of, (entered,), tried=(*state.tried, entered)))


def _reported(_bench: Bench, state: State, _fields: Fields) -> Turn:
    """What was entered to try it now is what reports say."""
    return Turn(state.changed(state.profile, state.as_of, ("what is entered is what reports say",), tried=()))


def _looked(_bench: Bench, state: State, _fields: Fields) -> Turn:
    """Somebody has looked at what was not read of a record."""
    if state.imported is None or not state.imported.open:
        return Turn(state)
    told = ("what was not read of the record was looked at, and is entered",)
    after = state.changed(state.profile, state.as_of, told)
    return Turn(after.model_copy(update={"imported": state.imported.model_copy(update={"open": ()})}))


def _drop(_bench: Bench, state: State, _fields: Fields) -> Turn:
    return Turn(state.model_copy(update={"supposed": None}))


def _pane(_bench: Bench, state: State, fields: Fields) -> Turn:
    """Another part of the answer."""
    pane = fields.get("pane", "sheet")
    if pane not in ("sheet", "when", "why"):
        raise UsageError("there is no such part of the answer")
    return Turn(state.model_copy(update={"pane": pane}))


add, remove, move = after_the_form(_add), after_the_form(_remove), after_the_form(_move)
suppose, keep, drop, reported, looked = map(after_the_form, (_suppose, _keep, _drop, _reported, _looked))
pane, ask, by_layer = map(after_the_form, (_pane, answer, _by_layer))
