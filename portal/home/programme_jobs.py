"""Keeping the figures of the programme page: each hour the last two weeks, each night all that are shown."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from portal.db import writing
from portal.home import programme_active as active
from portal.home import programme_figures as figures
from portal.home import programme_weeks as weeks
from portal.home.programme_places import Tree, read_tree
from portal.home.programme_rules import mondays
from portal.home.programme_weeks import Window
from portal.home.programme_words import WEEKS_SHOWN
from portal.outbox.service import Claimed
from portal.web.dates import local_day

HOURLY, NIGHTLY = "programme.hour", "programme.night"
WEEKS_AN_HOUR = 2  # older ones change by late confirmations and moderation alone, which the night finds


def hour(message: Claimed, now: datetime) -> None:
    """Bring the last two weeks up to date; all of them where nothing is kept yet. Twice gives the same."""
    tree, first = read_tree(), figures.read() is None
    gather(tree.zone, now=now)
    refresh(tree, WEEKS_SHOWN if first else WEEKS_AN_HOUR, now=now)


def night(message: Claimed, now: datetime) -> None:
    """Work all weeks shown out again, and forget who took part in the weeks before them. Twice gives the same."""
    tree = read_tree()
    gather(tree.zone, now=now)
    refresh(tree, WEEKS_SHOWN, now=now)
    with writing():
        active.forget(local_day(now, tree.zone))


def rebuild(*, now: datetime, tell: Callable[[str], None] = lambda words: None) -> int:
    """Forget everything and work it out from the votes and ideas themselves; returns how many times it read."""
    tree = read_tree()
    with writing():
        active.start_again()
    read = gather(tree.zone, now=now, tell=tell)
    refresh(tree, WEEKS_SHOWN, now=now, people_too=True)
    return read


def gather(zone: str, *, now: datetime, tell: Callable[[str], None] = lambda words: None) -> int:
    """Read the votes and ideas since the last time, in short transactions; returns how many times it read."""
    vote_id, idea_id = active.progress()
    after, count = (max(0, vote_id - active.OVERLAP), max(0, idea_id - active.OVERLAP)), 0
    while True:
        seen = active.read(after, zone, today=local_day(now, zone))
        with writing():
            active.keep(seen, now=now)
        after, count = (seen.vote_id, seen.idea_id), count + 1
        tell(f"read up to vote {seen.vote_id:,}")
        if not seen.more:
            return count


def refresh(tree: Tree, count: int, *, now: datetime, people_too: bool = False) -> None:
    """Work `count` weeks out, keep them, and leave the page's row."""
    today = local_day(now, tree.zone)
    shown = mondays(today, WEEKS_SHOWN)
    people_of = shown if people_too else _people_of(shown)
    wanted = shown[-count:]
    found = weeks.work_out(Window(wanted, tree.zone), tree, people_of=people_of, today=today)
    with writing():
        weeks.keep(found, wanted, people_of)
    text = figures.collect(tree, now=now)
    with writing():
        figures.write(text, now=now)


def _people_of(shown: Sequence[date]) -> list[date]:
    """The weeks of which people are counted: the last two, and those of which they never were.

    Older ones stay as they were counted: who has left since took part then.
    """
    return sorted({*weeks.without_people(shown), *shown[-WEEKS_AN_HOUR:]})


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic runs: once an hour and once a day (UTC)."""
    moment = now.astimezone(UTC)
    return [(HOURLY, f"{HOURLY}:{moment:%Y-%m-%dT%H}"), (NIGHTLY, f"{NIGHTLY}:{moment:%Y-%m-%d}")]


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {HOURLY: hour, NIGHTLY: night}
