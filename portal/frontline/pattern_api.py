"""The interface to patterns: the same shift on some days of every week."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from flask import Response
from pydantic import BeforeValidator, Field

from portal import clock
from portal.frontline import pattern_queries, patterns
from portal.frontline.pattern_rules import NewPattern
from portal.frontline.slot_shapes import SlotPersonShown, WindowSent
from portal.frontline.words import Busy, Channel
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.web.api import Day, Moment, Number, NumberPath, PageAsked, Shown, api, listed, page_of, shown, whole

bp = api("shift_patterns", "The same shift on some days of every week.")
READS, WRITES = Scope.SHIFTS_READ, Scope.SHIFTS_WRITE
Weekday = Annotated[int, Field(ge=0, le=6), BeforeValidator(whole)]


class PatternSent(WindowSent):
    """A pattern to keep; its shifts are published with it."""

    site: Number = Field(description="A number of `GET /sites` that the key's person looks after.")
    weekdays: list[Weekday] = Field(min_length=1, max_length=7, description="0 is Monday.")
    first_day: Day
    last_day: Day = Field(description="Included; less than 26 weeks after the first.")

    def new_pattern(self) -> NewPattern:
        """As the rules take it."""
        return NewPattern(site_id=self.site, weekdays=frozenset(self.weekdays), first_day=self.first_day,
                          last_day=self.last_day, buddy_id=self.buddy, **self.window())  # fmt: skip


class PatternShown(Shown):
    """A pattern. slots: how many shifts were made from it."""

    number: int
    site: SlotPersonShown = Field(description="The site, by number and name.")
    zone: str
    weekdays: list[int]
    starts: str
    minutes: int
    first_day: date
    last_day: date
    queue: str
    language: str
    channel: Channel
    busy: Busy
    seats: int
    buddy: SlotPersonShown | None
    briefing_needed: bool
    note: str
    slots: int
    made_by: str
    made_at: Moment
    ended_at: Moment | None


@bp.get("/shift-patterns", responses={200: page_of(PatternShown)})
@requires("shift.publish", scope=READS)
def list_shift_patterns(query: PageAsked) -> Response:
    """The patterns of the sites that one looks after, the newest first."""
    found, following = pattern_queries.patterns_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_shown(row) for row in found], following)


@bp.get("/shift-patterns/<int:number>", responses={200: PatternShown})
@requires("shift.publish", scope=READS)
def see_shift_pattern(path: NumberPath) -> Response:
    """One pattern."""
    return shown(_shown(pattern_queries.pattern_with_names(the_viewer(), path.number)))


@bp.post("/shift-patterns", responses={201: PatternShown})
@requires("shift.publish", scope=WRITES)
def make_shift_pattern(body: PatternSent) -> Response:
    """Keep a pattern and publish its shifts; whoever is to host is asked once, for all of them.

    422 `unknown_site`, `unknown_buddy`, `ends_before_it_begins`, `pattern_too_long`, `pattern_too_far`,
    `nothing_to_come`.
    """
    viewer, now = the_viewer(), clock.now()
    return once(lambda: _row(viewer, patterns.make(viewer, body.new_pattern(), now=now).id), status=201)


@bp.post("/shift-patterns/<int:number>/slots", responses={201: PatternShown})
@requires("shift.publish", scope=WRITES)
def make_missing_slots(path: NumberPath) -> Response:
    """Make the shifts that are to come and do not exist; none that exists is touched (410 `pattern_ended`)."""
    return _done(patterns.again, path.number)


@bp.post("/shift-patterns/<int:number>/weeks", responses={201: PatternShown})
@requires("shift.publish", scope=WRITES)
def let_shift_pattern_go_on(path: NumberPath) -> Response:
    """Let a pattern go on for four weeks more (410 `pattern_ended`; 422 `pattern_too_long`)."""
    return _done(patterns.go_on, path.number)


@bp.post("/shift-patterns/<int:number>/end", responses={201: PatternShown})
@requires("shift.publish", scope=WRITES)
def end_shift_pattern(path: NumberPath) -> Response:
    """Nothing more is made from it; the shifts that exist stay."""
    return _done(patterns.end, path.number)


def _done(verb: Callable[..., object], number: int) -> Response:
    """One verb on a pattern that the viewer looks after; the answer is the pattern afterwards."""
    viewer, now = the_viewer(), clock.now()

    def act() -> PatternShown:
        verb(viewer, pattern_queries.pattern_for(viewer, number), now=now)
        return _row(viewer, number)

    return once(act, status=201)


def _row(viewer: Viewer, number: int) -> PatternShown:
    return _shown(pattern_queries.pattern_with_names(viewer, number))


def _shown(row: Any) -> PatternShown:
    one = row.Pattern
    return PatternShown(
        number=one.id, site=SlotPersonShown(number=one.site_id, name=row.site), zone=one.zone,
        weekdays=[int(day) for day in one.weekdays], starts=f"{one.starts:%H:%M}", minutes=one.minutes,
        first_day=one.first_day, last_day=one.last_day, queue=one.queue, language=one.language, channel=one.channel,
        busy=one.busy, seats=one.seats, briefing_needed=one.briefing_needed, note=one.note, slots=row.slots,
        buddy=SlotPersonShown(number=one.buddy_id, name=row.buddy) if one.buddy_id else None, made_by=row.by,
        made_at=one.made_at, ended_at=one.ended_at,
    )  # fmt: skip
