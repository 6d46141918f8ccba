"""When a notice is mailed: at once, with the day's or the week's digest, and never at night. Pure.

Digests leave at eight o'clock in the person's own zone, the week's on Mondays. Days are counted on the calendar of
the zone, so that a digest stays at eight over the nights when clocks are changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.notices.moments import Pace

DIGEST_HOUR = 8
DIGEST_WEEKDAY = 0  # Monday
ESTIMATED_OVER = timedelta(weeks=8)
HOURS = range(24)


@dataclass(frozen=True)
class Quiet:
    """The hours, on the clock of the zone, in which no mail is sent: from one full hour until another.

    The same twice: there are none.
    """

    begins: int = 20
    ends: int = 7

    def holds_at(self, hour: int) -> bool:
        """True if this hour of the day is quiet."""
        if self.begins <= self.ends:
            return self.begins <= hour < self.ends
        return hour >= self.begins or hour < self.ends


def mailed_at(pace: Pace, now: datetime, *, zone: str, quiet: Quiet) -> datetime | None:
    """When something that happens at `now` is mailed; None for never."""
    if pace is Pace.NEVER:
        return None
    if pace is Pace.NOW:
        return after_quiet(now, zone=zone, quiet=quiet)
    return after_quiet(_next_digest(pace, now, ZoneInfo(zone)), zone=zone, quiet=quiet)


def after_quiet(moment: datetime, *, zone: str, quiet: Quiet) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in."""
    local = moment.astimezone(ZoneInfo(zone))
    if not quiet.holds_at(local.hour):
        return moment
    day = local.date() if local.hour < quiet.ends else local.date() + timedelta(days=1)
    return _at(day, quiet.ends, local.tzinfo)


def _next_digest(pace: Pace, now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    days = 0 if pace is Pace.DAILY else (DIGEST_WEEKDAY - today.weekday()) % 7
    first = _at(today + timedelta(days=days), DIGEST_HOUR, zone)
    return first if first > now else _at(today + timedelta(days=days + (1 if pace is Pace.DAILY else 7)),
                                         DIGEST_HOUR, zone)  # fmt: skip


def _at(day: date, hour: int, zone: object) -> datetime:
    # In UTC and back: an hour that the clocks leave out becomes the one after it.
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)  # type: ignore[arg-type]


def letters_a_week(happened: Iterable[tuple[Pace, datetime]], *, now: datetime, zone: str, quiet: Quiet) -> int:
    """How many mails a week these (pace, moment) of the last eight weeks would have come to, rounded up.

    What is due at one moment is one mail; what is told at once is gathered for a minute.
    """
    rows = [(pace, at) for pace, at in happened if now - at <= ESTIMATED_OVER]
    letters = {mailed_at(pace, at, zone=zone, quiet=quiet) for pace, at in rows} - {None}
    minutes = {moment.replace(second=0, microsecond=0) for moment in letters if moment}
    weeks = max(1, -(-max((now - at for _, at in rows), default=timedelta()) // timedelta(weeks=1)))
    return -(-len(minutes) // weeks)


def estimate_words(letters: int) -> str:
    """What the page says about it."""
    if letters == 0:
        return "You will get no messages by e-mail, or hardly any."
    return f"You will get about {letters} {'message' if letters == 1 else 'messages'} a week."
