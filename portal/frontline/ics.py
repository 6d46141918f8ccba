"""Shifts as calendar programs read them (RFC 5545): one entry for one seat, and a calendar of all of somebody's.

An entry keeps its UID for good; every change raises its SEQUENCE, and what is given up or called off stays as
cancelled, because a program that has it would otherwise keep it.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

PRODUCT = "-//Sayso//Frontline shifts//EN"
REFRESH = timedelta(hours=1)
NAMESPACE = uuid.UUID("5d3a6a52-7d0e-4a6f-9a3b-0c7f3e1b9a44")
AROUND = timedelta(days=366)  # for which a VTIMEZONE is written before and after the entries


@dataclass(frozen=True)
class Entry:
    """One shift of one person. uid: of `uid_of`; sequence: never goes back; changed_at: when any of it last did.

    zone: of the site, in which its times are written. words: what to know, line by line. Nobody's name but what the
    person may read already.
    """

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str
    title: str
    place: str
    words: str
    address: str
    cancelled: bool = False
    asked_only: bool = False  # not certain yet


def uid_of(kind: str, *facts: object) -> str:
    """The same for the same facts, and nowhere else used. kind: of what."""
    return str(uuid.uuid5(NAMESPACE, ":".join((kind, *map(str, facts)))))


def of_seat(entry: Entry, *, sender: str, now: datetime) -> bytes:
    """A file with one entry, to be opened: it goes into the calendar, or out of it where it is cancelled.

    sender: the address that the portal writes from, which stands as its organiser.
    """
    return _calendar([entry], method="CANCEL" if entry.cancelled else "PUBLISH", sender=sender, now=now)


def of_feed(entries: Sequence[Entry], *, name: str) -> bytes:
    """A calendar to subscribe to. The same entries give the same bytes."""
    return _calendar(entries, name=name)


def _calendar(
    entries: Sequence[Entry],
    *,
    method: str | None = None,
    name: str | None = None,
    sender: str | None = None,
    now: datetime | None = None,
) -> bytes:
    from icalendar import Calendar  # imported by the few requests that need it

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    if name:
        _describe(calendar, name)
    for zone in _zones(entries):
        calendar.add_component(zone)
    for entry in entries:
        calendar.add_component(_event(entry, sender=sender, stamp=now or entry.changed_at))
    return calendar.to_ical()


def _describe(calendar: Any, name: str) -> None:
    """The name, and how often to look: each program knows one of the two ways."""
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")


def _event(entry: Entry, *, sender: str | None, stamp: datetime) -> Any:
    from icalendar import Event, vCalAddress

    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamp)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", _written(entry.starts_at, entry))
    event.add("dtend", _written(entry.ends_at, entry))
    event.add("summary", f"Cancelled: {entry.title}" if entry.cancelled else entry.title)
    event.add("location", entry.place)
    event.add("description", entry.words)
    event.add("url", entry.address)
    event.add("status", "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.asked_only else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    if sender:
        organiser = vCalAddress(f"mailto:{sender}")
        organiser.params["CN"] = "Sayso"
        event.add("organizer", organiser)
    return event


def _written(moment: datetime, entry: Entry) -> datetime:
    """On the clock of the site; in UTC where that clock shows the hour twice: programs differ in which they mean."""
    return moment if _in_utc(entry) else moment.astimezone(ZoneInfo(entry.zone))


def _in_utc(entry: Entry) -> bool:
    return entry.zone == "UTC" or any(_comes_twice(one, entry.zone) for one in (entry.starts_at, entry.ends_at))


def _comes_twice(moment: datetime, zone: str) -> bool:
    local = moment.astimezone(ZoneInfo(zone))
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _zones(entries: Iterable[Entry]) -> list[Any]:
    """A VTIMEZONE for each zone that an entry is written in, for the years around them."""
    spans: dict[str, tuple[date, date]] = {}
    for entry in entries:
        if not _in_utc(entry):
            first, last = spans.get(entry.zone, (entry.starts_at.date(), entry.ends_at.date()))
            spans[entry.zone] = min(first, entry.starts_at.date()), max(last, entry.ends_at.date())
    return [_zone(name, (first - AROUND).year, (last + AROUND).year) for name, (first, last) in sorted(spans.items())]


@lru_cache(64)
def _zone(name: str, first: int, last: int) -> Any:
    """Working one out takes ten milliseconds."""
    from icalendar import Timezone

    zone = Timezone.from_tzid(name, first_date=date(first, 1, 1), last_date=date(last, 12, 31))
    zone.pop("COMMENT", None)
    return zone
