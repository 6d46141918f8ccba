"""Shifts as calendar programs read them, judged by a parser that is not the one that wrote them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject

from portal.frontline import ics
from portal.frontline.ics import Entry, of_feed, of_seat, uid_of

STARTS = datetime(2026, 3, 5, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAIN = Entry(
    uid=uid_of("seat", 1), sequence=2, changed_at=datetime(2026, 3, 2, 12, tzinfo=UTC), starts_at=STARTS,
    ends_at=STARTS + HOUR, zone="Europe/London", title="Frontline shift: Billing, Leeds", place="Leeds",
    words="One line.", address="https://sayso.example/shifts/1",
)  # fmt: skip
# Zones, and the moments (UTC) around which their clocks change: also by half an hour, and in the south.
NIGHTS = (
    ("Europe/London", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Africa/Johannesburg", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("UTC", datetime(2026, 3, 29, 1, tzinfo=UTC)),
)


def read(body: bytes) -> Any:
    return vobject.readOne(body.decode("utf-8"), validate=True)


def zone_of(event: Any) -> str:
    """The zone in which an entry was written, as the parser keeps it."""
    return event.dtstart.params.get("X-VOBJ-ORIGINAL-TZID", ["UTC"])[0]


def test_another_parser_reads_what_was_meant_commas_line_ends_and_all() -> None:
    odd = 'Commas, semicolons; back\\slashes\nand a new line: "quoted" – ' + "naïve café ☕ " * 30
    entry = replace(PLAIN, words=odd, title="Billing, refunds; Leeds", place="Leeds, 2nd floor")

    body = of_seat(entry, sender="sayso@harbour.example", now=STARTS)

    event = read(body).vevent
    assert event.description.value == odd
    assert event.summary.value == "Billing, refunds; Leeds" and event.location.value == "Leeds, 2nd floor"
    assert event.uid.value == PLAIN.uid and event.sequence.value == "2"
    assert event.dtstart.value == STARTS and event.dtend.value == STARTS + HOUR
    assert event.organizer.value == "mailto:sayso@harbour.example" and event.url.value == PLAIN.address


def test_no_line_is_longer_than_75_bytes_and_every_one_ends_as_the_standard_says() -> None:
    entry = replace(PLAIN, words="ä☕𝄞" * 200, title="ö" * 200)

    body = of_feed([entry], name="ü" * 100)

    assert body.endswith(b"\r\n") and b"\n" not in body.replace(b"\r\n", b"")
    assert max(map(len, body.split(b"\r\n"))) <= 75
    assert [line.decode() for line in body.split(b"\r\n")]  # no sign was cut in two
    assert read(body).vevent.description.value == entry.words


@pytest.mark.parametrize(("zone", "change"), NIGHTS)
def test_nights_in_which_clocks_change_keep_the_moment_and_the_length(zone: str, change: datetime) -> None:
    starts = [change + timedelta(minutes=minutes) for minutes in range(-180, 181, 30)]
    entries = [replace(PLAIN, uid=str(at), zone=zone, starts_at=at, ends_at=at + HOUR) for at in starts]

    calendar = read(of_feed(entries, name="Shifts"))

    events = {event.uid.value: event for event in calendar.vevent_list}
    for at in starts:
        event = events[str(at)]
        assert (event.dtstart.value.astimezone(UTC), event.dtend.value.astimezone(UTC)) == (at, at + HOUR)
    named = {zone_of(event) for event in calendar.vevent_list}
    written = {str(one.tzid.value) for one in calendar.contents.get("vtimezone", [])}
    assert zone in named and written == named - {"UTC"}


def test_what_is_called_off_is_sent_as_cancelled_and_not_left_out() -> None:
    gone = replace(PLAIN, cancelled=True, sequence=3)

    calendar = read(of_seat(gone, sender="sayso@harbour.example", now=STARTS))

    assert calendar.method.value == "CANCEL"
    event = calendar.vevent
    assert (event.status.value, event.sequence.value, event.transp.value) == ("CANCELLED", "3", "TRANSPARENT")
    assert event.uid.value == PLAIN.uid and event.summary.value.startswith("Cancelled: ")
    assert event.dtstamp.value == STARTS


def test_a_feed_says_how_often_to_look_and_is_the_same_while_nothing_changes() -> None:
    asked = replace(PLAIN, uid=uid_of("host", 1), asked_only=True)

    body = of_feed([PLAIN, asked], name="Shifts")

    assert body == of_feed([PLAIN, asked], name="Shifts")
    calendar = read(body)
    assert "method" not in calendar.contents  # DTSTAMP is then the last change of the entry
    assert [event.dtstamp.value for event in calendar.vevent_list] == [PLAIN.changed_at] * 2
    assert [event.status.value for event in calendar.vevent_list] == ["CONFIRMED", "TENTATIVE"]
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in body and calendar.x_wr_calname.value == "Shifts"


def test_nothing_at_all_is_a_calendar_too() -> None:
    assert b"BEGIN:VCALENDAR" in of_feed([], name="Shifts") and ics.PRODUCT.encode() in of_feed([], name="Shifts")


def test_a_uid_is_the_same_for_the_same_seat_and_for_no_other() -> None:
    assert uid_of("seat", 1, 2) == uid_of("seat", 1, 2)
    assert len({uid_of("seat", 1, 2), uid_of("host", 1, 2), uid_of("seat", 12), uid_of("seat", 2, 1)}) == 4
