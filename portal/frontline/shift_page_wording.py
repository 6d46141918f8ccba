"""How shifts and seats read on pages. Asks nothing of the database."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.frontline.floor_queries import Floor
from portal.frontline.shift_page_queries import ShiftLine
from portal.frontline.signup_rules import SignUpState
from portal.frontline.slot_rules import comes_twice
from portal.frontline.words import Busy, Channel, SeatState
from portal.people.roles import GROUP_MIN
from portal.web.dates import clock_words, local_day, weekday_words

SPOKEN = {Channel.CALLS: "calls", Channel.CHAT: "chats", Channel.MAIL: "mails", Channel.COUNTER: "at the counter"}
BUSY_TONES = {Busy.QUIET: "green", Busy.USUAL: "", Busy.BUSY: "honey"}
STATES = {
    SignUpState.FREE: ("Free", "green", "check"),
    SignUpState.YOURS: ("Yours", "brand", "check"),
    SignUpState.FULL: ("Full", "honey", "users"),
    SignUpState.CLASH: ("Clash", "stop", "alert"),
    SignUpState.NOT_YET_OPEN: ("Not yet open", "", "clock"),
    SignUpState.TOO_LATE: ("Too late", "", "clock"),
    SignUpState.BRIEFING_MISSING: ("Briefing missing", "stop", "lock"),
    SignUpState.CANCELLED: ("Cancelled", "stop", "x"),
    SignUpState.OVER: ("Over", "", "clock"),
}
PASSED_ON = "A seat that becomes free goes to the first in line until an hour before the start; then you hear at once."


def wall(moment: datetime, zone: str) -> str:
    """ "14:05" by the clock there; on a night that shows it twice, with its distance from UTC: "01:30 (UTC+01:00)"."""
    local = moment.astimezone(ZoneInfo(zone))
    words = clock_words(moment, zone=zone)
    if not comes_twice(local.date(), local.time(), zone):
        return words
    offset = local.strftime("%z")
    return f"{words} (UTC{offset[:3]}:{offset[3:]})"


def hours(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """ "14:00 to 15:00" there; with the day where it ends on another one."""
    end = wall(ends_at, zone)
    if local_day(starts_at, zone) != local_day(ends_at - timedelta(microseconds=1), zone):
        end = f"{end}, {weekday_words(ends_at, zone=zone)}"
    return f"{wall(starts_at, zone)} to {end}"


def day_name(moment: datetime, zone: str, *, now: datetime, viewer_zone: str) -> str:
    """ "Today, Friday 4 December", there; "Today" and "Tomorrow" only where they are the viewer's too."""
    day, today = local_day(moment, zone), local_day(now, viewer_zone)
    ahead = (day - today).days if day == local_day(moment, viewer_zone) else -1
    return {0: "Today, ", 1: "Tomorrow, "}.get(ahead, "") + weekday_words(moment, zone=zone)


def sentence(line: ShiftLine, *, zone: str, how: str = PASSED_ON) -> str:
    """The state of a slot in a sentence for whoever looks. zone: theirs, for moments that are not the shift's.

    how: what is said about waiting lists; a list of shifts says it once.
    """
    if line.yours is SeatState.WAITING:
        return f"You are number {line.place} on the waiting list. {how}".strip()
    if line.yours is SeatState.BOOKED and line.state is SignUpState.YOURS:
        return "You have a seat. Somebody else can stand in." if line.looking else "You have a seat."
    if line.state is SignUpState.FULL and line.refusal is None:
        return f"Every seat is taken. {_waiting(line.waiting)} {how}".strip()
    if line.state is SignUpState.NOT_YET_OPEN and line.opens_at is not None:
        return (
            f"Sign-up begins on {weekday_words(line.opens_at, zone=zone)} at {clock_words(line.opens_at, zone=zone)}."
        )
    return line.state.sentence if line.state else ""


def row(line: ShiftLine, *, now: datetime, zone: str) -> dict[str, Any]:
    """A line for the template: when, where, what, how it stands, and the one button it has."""
    when = hours(line.starts_at, line.ends_at, line.zone)
    day = day_name(line.starts_at, line.zone, now=now, viewer_zone=zone)
    what = f"{line.queue}, {SPOKEN[line.channel]}, {line.language}"
    chip = STATES[line.state] if line.state else None
    if line.yours is SeatState.WAITING:
        chip = (f"Waiting, number {line.place}", "honey", "clock")
    beside = f", with {line.buddy}" if line.buddy and line.state else ""
    return {
        "id": line.id, "href": f"/shifts/{line.id}", "when": when, "day": day, "site": line.site, "what": what,
        "busy": (line.busy.label, BUSY_TONES[line.busy]), "buddy": line.buddy if line.state else None,
        "note": line.note, "left": _left(line), "chip": None if line.state is SignUpState.FREE else chip,
        "says": "" if line.state is SignUpState.FREE else sentence(line, zone=zone, how=""),
        "named": f"{when}, {day}, {line.site}, {what}{beside}",
        "take": _button(line), "datetime": line.starts_at.isoformat(), "elsewhere": _elsewhere(line, zone),
    }  # fmt: skip


def seat_row(row: Any, *, now: datetime, zone: str) -> dict[str, Any]:
    """A seat beside the list: one's own, one that looks for a stand-in, or somebody who comes."""
    when = hours(row.starts_at, row.ends_at, row.zone)
    day = day_name(row.starts_at, row.zone, now=now, viewer_zone=zone)
    what = f"{row.queue}, {SPOKEN[row.channel]}, {row.language}"
    chip = ("Yours", "brand", "check")
    if row.state is SeatState.WAITING:
        chip = (f"Waiting, number {row.place}", "honey", "clock")
    elif row.looking_since is not None:
        chip = ("Looking for a stand-in", "honey", "users")
    declines = row.decline_by is not None and now < row.decline_by
    return {
        "slot": row.slot, "href": f"/shifts/{row.slot}", "when": when, "day": day, "site": row.site, "what": what,
        "name": row.name, "chip": chip, "booked": row.state is SeatState.BOOKED,
        "decline_by": moment_words(row.decline_by, zone, now=now) if declines else None,
        "named": f"{when}, {day}, {row.site}, {what}",
    }  # fmt: skip


def by_day(rows: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Rows under their days, in the order in which the days come first."""
    days: dict[str, list[dict[str, Any]]] = {}
    for one in rows:
        days.setdefault(one["day"], []).append(one)
    return list(days.items())


def moment_words(moment: datetime, zone: str, *, now: datetime) -> str:
    """ "today at 18:00", "Friday 4 December at 18:00", by the viewer's clock."""
    today = local_day(moment, zone) == local_day(now, zone)
    day = "today" if today else weekday_words(moment, zone=zone)
    return f"{day} at {clock_words(moment, zone=zone)}"


def headline(floor: Floor, *, now: datetime, zone: str, named: bool) -> str:
    """ "This quarter: 9 of 12 executives have been on the floor. Next: Priya, today, 14:00, Leeds."

    zone: the viewer's. named: whether they may know who comes earlier than the day before. Where there are too few
    executives for a figure about them, it says none.
    """
    been = f"This quarter: {floor.been} of {floor.executives} executives have been on the floor."
    if floor.executives < GROUP_MIN:
        been = "This quarter somebody has been on the floor." if floor.been else "Nobody has been there this quarter."
    if floor.next is None:
        return f"{been} Nobody has planned the next time yet."
    coming = floor.next
    day = day_name(coming.starts_at, coming.zone, now=now, viewer_zone=zone)
    day = day.split(",")[0].lower() if "," in day else day
    when = f"{day}, {wall(coming.starts_at, coming.zone)}, {coming.site}"
    return f"{been} Next: {coming.name}, {when}." if named else f"{been} Next: {when}."


def _button(line: ShiftLine) -> str | None:
    if line.state is SignUpState.FREE:
        return "Take it"
    return "Join the waiting list" if line.state is SignUpState.FULL and line.refusal is None else None


def _left(line: ShiftLine) -> str:
    left = line.seats - line.taken
    if line.seats == 1 or left <= 0:
        return ""
    return f"{left} of {line.seats} seats left"


def _waiting(count: int) -> str:
    return {0: "Nobody waits yet.", 1: "One person waits."}.get(count, f"{count} people wait.")


def _elsewhere(line: ShiftLine, zone: str) -> str:
    """What the viewer's own clock shows then, where it shows something else."""
    there = line.starts_at.astimezone(ZoneInfo(line.zone)).utcoffset()
    here = line.starts_at.astimezone(ZoneInfo(zone)).utcoffset()
    return "" if there == here else f"{clock_words(line.starts_at, zone=zone)} where you are"
