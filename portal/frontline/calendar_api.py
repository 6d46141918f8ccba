"""The interface to shifts in calendars: one's private address, one shift as a file, and the page before it."""

from typing import Any, Literal

from flask import Response, url_for
from pydantic import Field

from portal import clock
from portal.commitments.rules import Standing
from portal.frontline import brief_queries, calendar_queries, feeds, ics
from portal.frontline.brief_shown import hear
from portal.frontline.calendar_wording import DO_NOT
from portal.frontline.words import Busy
from portal.ideas.words import Stage
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Day, Moment, NumberPath, Shown, api, shown
from portal.web.links import base_url, full, sender
from portal.web.transactions import writing

bp = api("shift-calendar", "Shifts on the frontline in calendars, and the page before one.")


class ShiftCalendarShown(Shown):
    """Whether the key's person has a private address for their calendar. The address itself is shown once."""

    standing: bool
    made_at: Moment | None
    last_read_on: Day | None = Field(description="The last day on which a calendar program read it.")


class ShiftCalendarMade(Shown):
    """A new private address. Whoever has it reads the shifts of its person, and nothing else."""

    address: str | None = Field(description="Kept by nobody but you: null where the same request comes again.")
    made_at: Moment


class CalendarEntryShown(Shown):
    """One shift as it stands in the calendar of the key's person. ics: the same as a file."""

    uid: str
    sequence: int = Field(description="Raised by every change; never goes back.")
    cancelled: bool
    starts_at: Moment
    ends_at: Moment
    zone: str
    title: str
    place: str
    words: str
    ics: str


class BriefIdeaShown(Shown):
    """An idea to listen for. of_queue: it speaks of the queue; else it comes from the site."""

    number: int
    title: str
    stage: Stage
    of_queue: bool


class PromisedThenShown(Shown):
    """What the key's person promised after an earlier shift. number: of the promise."""

    number: int
    words: str
    due_on: Day
    standing: Standing


class ShiftBriefShown(Shown):
    """The page before a shift of the key's person."""

    number: int
    site: str
    queue: str
    language: str
    channel: Literal["calls", "chat", "mail", "counter"]
    busy: Busy
    starts_at: Moment
    ends_at: Moment
    zone: str
    buddy: str | None = Field(description="Who sits beside, once they have agreed.")
    note: str
    hear: list[str]
    ideas: list[BriefIdeaShown]
    do_not: list[str]
    promised: list[PromisedThenShown]


@bp.get("/me/calendar", responses={200: ShiftCalendarShown})
@requires("shift.calendar", scope=Scope.SHIFTS_READ)
def see_my_calendar() -> Response:
    """Whether there is a private address for a calendar, and when it was last read."""
    feed = feeds.feed_of(the_viewer())
    if feed is None:
        return shown(ShiftCalendarShown(standing=False, made_at=None, last_read_on=None))
    return shown(ShiftCalendarShown(standing=True, made_at=feed.made_at, last_read_on=feed.last_read_on))


@bp.post("/me/calendar", responses={201: ShiftCalendarMade})
@requires("shift.calendar", scope=Scope.SHIFTS_WRITE)
def make_my_calendar() -> Response:
    """Make a private address for a calendar; an earlier one ends. It is shown this once."""
    viewer, now = the_viewer(), clock.now()

    def made() -> ShiftCalendarMade:
        token = feeds.make(viewer, now=now)
        return ShiftCalendarMade(address=full(url_for("shift_calendar.feed", token=token)), made_at=now)

    return once(made, status=201, kept=lambda answer: answer.model_copy(update={"address": None}))


@bp.delete("/me/calendar", responses={204: None})
@requires("shift.calendar", scope=Scope.SHIFTS_WRITE)
def end_my_calendar() -> Any:
    """End the private address: with the next request it opens nothing."""
    with writing():
        feeds.revoke(the_viewer(), now=clock.now())
    return "", 204


@bp.get("/shifts/<int:number>/calendar", responses={200: CalendarEntryShown})
@requires("shift.calendar", scope=Scope.SHIFTS_READ)
def see_calendar_entry(path: NumberPath) -> Response:
    """A seat of the key's person, or a shift that they host, as an entry of a calendar; cancelled where it is gone."""
    entry = calendar_queries.entry_for(the_viewer(), path.number, base_url=base_url())
    text = ics.of_seat(entry, sender=sender(), now=entry.changed_at).decode()
    return shown(CalendarEntryShown(
        uid=entry.uid, sequence=entry.sequence, cancelled=entry.cancelled, starts_at=entry.starts_at,
        ends_at=entry.ends_at, zone=entry.zone, title=entry.title, place=entry.place, words=entry.words, ics=text,
    ))  # fmt: skip


@bp.get("/shifts/<int:number>/brief", responses={200: ShiftBriefShown})
@requires("shift.prepare", scope=Scope.SHIFTS_READ)
def see_shift_brief(path: NumberPath) -> Response:
    """The page before a shift for which the key's person has a seat."""
    brief = brief_queries.brief_for(the_viewer(), path.number)
    slot = brief.slot
    return shown(ShiftBriefShown(
        number=slot.number, site=slot.site, queue=slot.queue, language=slot.language, channel=slot.channel.value,
        busy=slot.busy, starts_at=slot.starts_at, ends_at=slot.ends_at, zone=slot.zone, buddy=slot.buddy,
        note=slot.note, hear=hear(brief), do_not=[f"{head}. {words}" for head, words in DO_NOT],
        ideas=[BriefIdeaShown(number=one.number, title=one.title, stage=one.stage, of_queue=one.of_queue)
               for one in brief.ideas],
        promised=[PromisedThenShown(number=one.number, words=one.words, due_on=one.due_on, standing=one.standing)
                  for one in brief.promised],
    ))  # fmt: skip
