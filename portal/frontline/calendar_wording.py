"""Shifts in words: for calendars, briefs and reminders. Pure."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.frontline.words import Busy, Channel

NO_SCORES = "Nothing you hear is used for quality scores."
HEARD = {
    Channel.CALLS: "“{queue}”, on the phone: you wear a second headset and hear both sides.",
    Channel.CHAT: "“{queue}”, in chats: you read along, often in several at once.",
    Channel.MAIL: "“{queue}”, in writing: you read what customers sent, and what goes back.",
    Channel.COUNTER: "“{queue}”, at the counter: you stand beside it, not behind it.",
}
PACE = {
    Busy.QUIET: "The forecast says quiet: there is time between customers to ask what usually goes wrong.",
    Busy.USUAL: "The forecast says that it is as usual: there are short pauses for a question.",
    Busy.BUSY: "The forecast says busy: keep your questions until the end.",
}
DO_NOT = (
    ("Do not coach", "No advice, no correcting, no grading. In this time the agent is the expert and you learn."),
    ("Do not promise a customer anything", "Write it down. Afterwards you can make it a promise with a date."),
    ("Do not note who a customer is", "No names, no numbers: what happened is enough."),
)


def what_you_hear(channel: Channel, busy: Busy, *, queue: str, language: str) -> tuple[str, ...]:
    """What to expect at this queue."""
    return HEARD[channel].format(queue=queue.strip()), f"Customers speak {language}." if language else "", PACE[busy]


def at_length(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """“Thursday 26 November, 14:00 to 15:00”, on the clock of the site; a night ends on the next day."""
    here = ZoneInfo(zone)
    begins, ends = starts_at.astimezone(here), ends_at.astimezone(here)
    until = f"{ends:%H:%M}" if ends.date() == begins.date() else f"{ends:%H:%M} the next day"
    return f"{begins:%A} {begins.day} {begins:%B}, {begins:%H:%M} to {until}"


def title_of(slot: Any) -> str:
    """“Billing calls, Leeds”. slot: a row with `queue` and `site`."""
    return f"{slot.queue}, {slot.site}"


def in_calendar(slot: Any, *, base_url: str, gone: str) -> str:
    """The lines of an entry. slot: a row of the calendar; gone: why it does not take place for its reader, or ""."""
    here = f"{base_url}/shifts/{slot.number}"
    if gone:
        return f"{gone}\n{here}"
    lines = [
        f"{slot.channel.label}, {slot.language}. Forecast: {slot.busy.label.lower()}.",
        f"You sit beside {slot.buddy}." if slot.buddy else "",
        slot.note,
        f"What you will hear, and what not to do: {here}/brief",
        f"Afterwards, what surprised you: {here}/debrief",
        NO_SCORES,
    ]
    return "\n".join(line for line in lines if line)


def for_host(slot: Any, *, base_url: str, gone: str) -> str:
    """The lines of an entry for whoever has the visitor beside them. Who comes stands on the page, a day ahead."""
    here = f"{base_url}/shifts/{slot.number}"
    if gone:
        return f"{gone}\n{here}"
    return "\n".join(
        ["Somebody who answers ideas sits beside you and listens. Nothing they hear is used for quality scores.",
         f"Who comes, from a day before, and how to say no: {here}"]
    )  # fmt: skip
