"""When a sample was taken: the day of a result is the day of its sample, and a report may be dated later."""

from __future__ import annotations

from ...dates import CalendarDate
from .collecting import Collector
from .current import OBJECT, Resource
from .elements import date_of, day, distrusted, period


def collected(collector: Collector, resource: Resource) -> CalendarDate | None:
    """The day on which the sample of a result was collected, where its specimen says so."""
    specimen = collector.resources.referred(resource.get("specimen"), resource)
    collection = specimen.get("collection") if specimen is not None and not distrusted(specimen) else None
    if not isinstance(collection, OBJECT):
        return None
    return day(collection.get("collectedDateTime")) or period(collection.get("collectedPeriod"))[0]


def day_of_sample(collector: Collector, resource: Resource) -> CalendarDate | None:
    """The day that a test speaks of. Unknown where sample and report do not fit: then one of the two days is another test's."""
    reported, taken = date_of(resource), collected(collector, resource)
    if reported is None or taken is None:
        return reported or taken
    longest = collector.table.conventions.report_days_after_sample
    if taken.earliest <= reported.latest and reported.earliest - taken.latest <= longest:
        return taken
    text = f"its sample was collected on {taken} and it is dated {reported}; the day is not known"
    collector.issue("warning", resource, text, "specimen")
    return None


def doubt_of_sample(collector: Collector, resource: Resource) -> str:
    """Why a result that found nothing cannot rest on its sample; empty where nothing speaks against it."""
    specimen = collector.resources.referred(resource.get("specimen"), resource)
    if specimen is None:
        return ""
    if specimen.get("status") in ("entered-in-error", "unsatisfactory") or specimen.get("condition"):
        return f"its specimen is {specimen.get('status') if specimen.get('status') != 'available' else 'not in order'}"
    if distrusted(specimen):
        return f"Specimen.{distrusted(specimen)} changes what the specimen says"
    subject, own = specimen.get("subject"), resource.get("subject")
    if subject is not None and collector.resources.referred(subject, specimen) is not collector.resources.referred(
        own, resource
    ):
        return "its specimen is not said to be this patient's"
    return ""
