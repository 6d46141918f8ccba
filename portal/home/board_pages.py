"""The board for programs: any of its views, a page at a time, with a cursor."""

from datetime import date, datetime

from portal.home import facts
from portal.home.board import FEED_MAX, Wanted, dealt, listing
from portal.home.cards import Card, cards_of
from portal.people.viewer import Viewer
from portal.web.paging import bad_cursor, decode_cursor, encode_cursor


def cards_page(viewer: Viewer, wanted: Wanted, *, now: datetime) -> tuple[list[Card], str | None]:
    """`wanted.limit` cards of one view behind `wanted.after`, and the cursor of the next page."""
    if wanted.view == "needs-you" and not wanted.mine:
        return _dealt_page(viewer, wanted, now=now)
    found = listing(viewer, wanted, now=now)
    return found.cards, found.cursor


def _dealt_page(viewer: Viewer, wanted: Wanted, *, now: datetime) -> tuple[list[Card], str | None]:
    """A part of the longest page that is dealt. The cursor holds its day and how many were shown.

    Dealing fewer would put others in front, so that the same idea could come twice.
    """
    day, start = _place(wanted.after, now.date())
    numbers = dealt(viewer, wanted, FEED_MAX, day=day, now=now).numbers
    end = start + wanted.limit
    following = encode_cursor(day.toordinal(), end) if end < len(numbers) else None
    return cards_of(viewer, numbers[start:end], facts.read(now=now)), following


def _place(cursor: str | None, today: date) -> tuple[date, int]:
    after = decode_cursor(cursor, int, int)
    if after is None:
        return today, 0
    ordinal, start = after
    if not (1 <= ordinal <= today.toordinal() and 0 < start < FEED_MAX):
        raise bad_cursor()
    return date.fromordinal(ordinal), start
