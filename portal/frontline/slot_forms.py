"""Forms for publishing, changing and cancelling shifts."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.frontline.models import Slot
from portal.frontline.pattern_rules import WEEKDAYS, NewPattern
from portal.frontline.slot_rules import (
    LANGUAGE_CHARS_MAX,
    NOTE_CHARS_MAX,
    QUEUE_CHARS_MAX,
    REASON_CHARS,
    SEATS,
    NewSlot,
    SlotChanges,
    comes_twice,
    opens_of,
    utc_of,
)
from portal.frontline.words import Busy, Channel
from portal.web.fields import DayField
from portal.web.forms import StrictForm, no_controls, one_line, tidy

LENGTHS = {30: "30 minutes", 60: "1 hour", 90: "1½ hours", 120: "2 hours", 180: "3 hours", 240: "Half a day (4 hours)",
           480: "A day (8 hours)"}  # fmt: skip
REASON_CHARS_MAX = REASON_CHARS.stop - 1


class _Hour(TimeField):
    """A time of day, as browsers send it: 10:00 or 10:00:00."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the time; raises ValueError with the sentence to show."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write a time like 10:00.") from None


class WindowForm(StrictForm):
    """What publishing and changing share."""

    day = DayField("Day", [InputRequired("Choose a day.")])
    starts = _Hour("From", [InputRequired("Write a time like 10:00.")], format=["%H:%M", "%H:%M:%S"])
    minutes = SelectField("How long", coerce=int, default=60)
    queue = StringField("Queue", [InputRequired("Name the queue."), Length(max=QUEUE_CHARS_MAX), one_line],
                        filters=[tidy])  # fmt: skip
    language = StringField("Language", [InputRequired("Name the language."), Length(max=LANGUAGE_CHARS_MAX), one_line],
                           filters=[tidy], default="English")  # fmt: skip
    channel = SelectField("Channel", choices=[SelectChoice(word.value, word.label) for word in Channel],
                          default=Channel.CALLS.value)  # fmt: skip
    busy = SelectField("Forecast", choices=[SelectChoice(word.value, word.label) for word in Busy],
                       default=Busy.USUAL.value)  # fmt: skip
    seats = IntegerField("Seats", [InputRequired("Write a number."), NumberRange(1, SEATS.stop - 1, "1 to 50 seats.")],
                         default=1)  # fmt: skip
    buddy = StringField("Who hosts", [Length(max=120), one_line], filters=[tidy])
    briefing_needed = BooleanField("Only for those who have had the data protection briefing", default=True)
    opens = DayField("Sign-up opens", [Optional()])
    note = StringField("Note for visitors", [Length(max=NOTE_CHARS_MAX), one_line], filters=[tidy])

    def offer_lengths(self, more: int | None = None) -> None:
        """The lengths to choose from; `more`: one that the slot has already."""
        known = LENGTHS | ({more: f"{more} minutes"} if more and more not in LENGTHS else {})
        self.minutes.choices = [SelectChoice(minutes, label) for minutes, label in sorted(known.items())]

    def _window(self) -> dict[str, Any]:
        return {
            "starts": self.starts.data or time(), "minutes": self.minutes.data, "queue": self.queue.data or "",
            "language": self.language.data or "", "channel": Channel(self.channel.data), "busy": Busy(self.busy.data),
            "seats": self.seats.data or 0, "briefing_needed": self.briefing_needed.data, "note": self.note.data or "",
        }  # fmt: skip


class PublishForm(WindowForm):
    """One shift, or with `until` the same on some days of every week."""

    site = SelectField("Site", coerce=int)
    weekdays = SelectMultipleField(
        "On", coerce=int, choices=[SelectChoice(day, name) for day, name in enumerate(WEEKDAYS)],
        option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False),
    )  # fmt: skip
    until = DayField("Every week until", [Optional()])

    def offer(self, sites: Sequence[Any]) -> None:
        """The sites and lengths to choose from."""
        self.site.choices = [SelectChoice(site.id, site.name) for site in sites]
        self.offer_lengths()

    def new_slot(self, buddy_id: int | None, zone: str) -> NewSlot:
        """One shift."""
        opens_at = opens_of(self.opens.data, zone)
        return NewSlot(site_id=self.site.data, day=self.day.data or date.min, buddy_id=buddy_id, opens_at=opens_at,
                       **self._window())  # fmt: skip

    def new_pattern(self, buddy_id: int | None) -> NewPattern:
        """The same every week; without weekdays on that of the first day."""
        first = self.day.data or date.min
        weekdays = frozenset(self.weekdays.data or ()) or frozenset({first.weekday()})
        return NewPattern(
            site_id=self.site.data, weekdays=weekdays, first_day=first, last_day=self.until.data or first,
            buddy_id=buddy_id, **self._window(),
        )  # fmt: skip


class ChangeForm(WindowForm):
    """A shift as it is to be, and why."""

    later = BooleanField("The clocks go back that night: the second time that they show it")
    to_waiting = BooleanField("Where more people have a seat than that, the last ones wait")
    reason = StringField("Why", [Length(max=REASON_CHARS_MAX), one_line], filters=[tidy])

    def changes(self, buddy_id: int | None, zone: str) -> SlotChanges:
        """What was sent."""
        return SlotChanges(
            day=self.day.data or date.min, buddy_id=buddy_id, opens_at=opens_of(self.opens.data, zone),
            later=self.later.data, to_waiting=self.to_waiting.data, **self._window(),
        )  # fmt: skip

    def show(self, slot: Slot, buddy: str | None) -> None:
        """The slot as it is."""
        day, starts, later = wall_of(slot.starts_at, slot.zone)
        self.day.data, self.starts.data, self.later.data = day, starts, later
        self.minutes.data = minutes_of(slot)
        self.opens.data = wall_of(slot.opens_at, slot.zone)[0] if slot.opens_at else None
        self.buddy.data = buddy
        for name in ("queue", "language", "seats", "briefing_needed", "note"):
            self[name].data = getattr(slot, name)
        self.channel.data, self.busy.data = slot.channel.value, slot.busy.value


class CancelForm(StrictForm):
    """Why a shift does not take place."""

    reason = TextAreaField(
        "Why", [InputRequired("Say why. Whoever signed up reads it."), Length(max=REASON_CHARS_MAX), no_controls],
        filters=[tidy],
    )  # fmt: skip


class HostForm(StrictForm):
    """Yes or no to hosting."""

    answer = SelectField("Answer", choices=[SelectChoice("agree", "I agree"), SelectChoice("decline", "Not me")])


def wall_of(moment: datetime, zone: str) -> tuple[date, time, bool]:
    """Day and time on the wall of a zone, and whether it is the second time that the wall shows it."""
    wall = moment.astimezone(ZoneInfo(zone))
    shown = wall.time().replace(fold=0, second=0, microsecond=0)
    return wall.date(), shown, comes_twice(wall.date(), shown, zone) and utc_of(wall.date(), shown, zone) != moment


def minutes_of(slot: Slot) -> int:
    """How long a slot is."""
    return int((slot.ends_at - slot.starts_at).total_seconds()) // 60
