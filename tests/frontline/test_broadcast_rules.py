"""Broadcasts: the pure rules."""

from datetime import UTC, datetime

import pytest

from portal.frontline import broadcast_rules as rules
from portal.frontline.broadcast_rules import BroadcastRefusal, BroadcastState
from portal.ideas.words import Audience
from portal.people.roles import PlaceKind

ORGANISATION, PARTNER, SITE = PlaceKind.ORGANISATION, PlaceKind.PARTNER, PlaceKind.SITE


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("one two", None),
        ("word " * 150, None),
        ("word " * 151, BroadcastRefusal.TOO_MANY_WORDS),
        ("word\n" * 151, BroadcastRefusal.TOO_MANY_WORDS),
        ("x" * 1_501, BroadcastRefusal.TOO_MANY_WORDS),
        (" x ", BroadcastRefusal.TOO_SHORT),
        ("", BroadcastRefusal.TOO_SHORT),
    ],
)
def test_at_most_a_hundred_and_fifty_words_are_told(words: str, refusal: BroadcastRefusal | None) -> None:
    assert rules.words_refusal(words) is refusal


@pytest.mark.parametrize(("count", "seconds"), [(0, 5), (1, 5), (20, 5), (21, 10), (80, 20), (150, 40)])
def test_reading_time_is_rounded_up_to_five_seconds(count: int, seconds: int) -> None:
    assert rules.reading_seconds("word " * count) == seconds
    assert rules.reading_words("word " * count) == f"About {seconds} seconds to read"


@pytest.mark.parametrize(
    ("moment", "zone", "week"),
    [
        (datetime(2026, 3, 1, 23, 59, tzinfo=UTC), "Europe/London", "2026-W09"),
        (datetime(2026, 3, 2, tzinfo=UTC), "Europe/London", "2026-W10"),
        (datetime(2026, 3, 1, 22, 30, tzinfo=UTC), "Africa/Johannesburg", "2026-W10"),
        (datetime(2027, 1, 2, 12, tzinfo=UTC), "UTC", "2026-W53"),
        (datetime(2026, 7, 5, 23, 30, tzinfo=UTC), "Europe/London", "2026-W28"),  # half past midnight there
    ],
)
def test_a_week_is_one_on_the_calendar_of_the_organisation(moment: datetime, zone: str, week: str) -> None:
    assert rules.week_of(moment, zone) == week


@pytest.mark.parametrize(
    ("audience", "kind", "place", "employer", "fits"),
    [
        (Audience.ORGANISATION, ORGANISATION, 1, 1, True),
        (Audience.EMPLOYER, ORGANISATION, 1, 1, False),
        (Audience.EMPLOYER, PARTNER, 2, 2, True),
        (Audience.EMPLOYER, SITE, 7, 2, True),
        (Audience.EMPLOYER, SITE, 8, 3, False),
        (Audience.SITE, SITE, 7, 2, True),
        (Audience.SITE, SITE, 8, 2, False),
        (Audience.SITE, PARTNER, 7, 2, False),
    ],
)
def test_what_not_everybody_may_read_is_not_linked(
    audience: Audience, kind: PlaceKind, place: int, employer: int, fits: bool
) -> None:
    found = rules.is_for_all(audience, idea_site=7, idea_employer=2, kind=kind, place=place, employer=employer)

    assert found is fits


@pytest.mark.parametrize(
    ("kind", "people", "sites", "words"),
    [
        (ORGANISATION, 412, 4, "To all 412 people, 4 sites"),
        (ORGANISATION, 20_000, 1, "To all 20,000 people"),
        (PARTNER, 61, 2, "To all 61 people at Leeds, 2 sites"),
        (SITE, 1, 1, "To 1 person at Leeds"),
    ],
)
def test_the_audience_reads_as_a_sentence(kind: PlaceKind, people: int, sites: int, words: str) -> None:
    assert rules.audience_words("Leeds", kind, people=people, sites=sites) == words


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, 0), (2, 0), (3, 3), (4, 3), (5, 3), (6, 6)])
def test_words_are_shown_in_threes(count: int, shown: int) -> None:
    assert rules.shown_words(count) == shown


@pytest.mark.parametrize(
    ("mine", "state", "due", "refusal"),
    [
        (True, BroadcastState.UNHEARD, False, None),
        (True, BroadcastState.UNHEARD, True, BroadcastRefusal.TOLD_ALREADY),
        (True, BroadcastState.TOLD, False, BroadcastRefusal.TOLD_ALREADY),
        (True, BroadcastState.DRAFT, False, BroadcastRefusal.NOT_CONFIRMED),
        (True, BroadcastState.TAKEN_BACK, False, BroadcastRefusal.ALREADY_TAKEN_BACK),
        (False, BroadcastState.UNHEARD, False, BroadcastRefusal.NOT_YOURS),
    ],
)
def test_only_what_nobody_has_heard_is_taken_back(
    mine: bool, state: BroadcastState, due: bool, refusal: BroadcastRefusal | None
) -> None:
    assert rules.take_back_refusal(mine=mine, state=state, due=due) is refusal


@pytest.mark.parametrize(
    ("mine", "state", "refusal"),
    [
        (True, BroadcastState.DRAFT, None),
        (True, BroadcastState.UNHEARD, BroadcastRefusal.ALREADY_CONFIRMED),
        (True, BroadcastState.TOLD, BroadcastRefusal.ALREADY_CONFIRMED),
        (True, BroadcastState.TAKEN_BACK, BroadcastRefusal.ALREADY_TAKEN_BACK),
        (False, BroadcastState.DRAFT, BroadcastRefusal.NOT_YOURS),
    ],
)
def test_only_a_draft_of_ones_own_is_changed(
    mine: bool, state: BroadcastState, refusal: BroadcastRefusal | None
) -> None:
    assert rules.change_refusal(mine=mine, state=state) is refusal
