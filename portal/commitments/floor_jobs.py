"""What the worker does about checks on the floor: once a day they end, begin and ask."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from portal.commitments import floor_queries as queries
from portal.commitments import floor_rules as rules
from portal.commitments import floor_service as service
from portal.commitments.floor_queries import Due
from portal.commitments.rules import day_in
from portal.commitments.scope import organisation_zone
from portal.db import writing
from portal.outbox import service as outbox
from portal.outbox.service import Claimed

DAY, BEGIN, ASK = "floor.day", "floor.begin", "floor.ask"


def day(message: Claimed, now: datetime) -> None:
    """End the checks that are over, then begin those that are due, then ask. A second run finds nothing to do."""
    today = day_in(organisation_zone(), now)
    for wave_id in _over(today):
        with writing():
            service.end(wave_id, today=today, now=now)
    begin = queries.due(today)
    with writing():
        for one in begin:
            payload = {"commitment": one.commitment_id, "delivery": one.delivery_id, "days": one.days,
                       "live_from": one.live_from.isoformat()}  # fmt: skip
            outbox.emit(BEGIN, payload, now=now, unique_key=one.key)
        # After those that begin, so that what has been due longest is chosen among all of them.
        outbox.emit(ASK, {}, now=now, unique_key=f"{ASK}:{today.isoformat()}")
    done = 1
    while done:
        with writing():
            done = service.forget(now=now)


def _over(today: date) -> list[int]:
    rows = queries.running()
    return [
        row.id
        for row in rows
        if rules.is_over(queries.tally_of(row.id), people=row.people, closes=row.closes_on, today=today)
    ]


def begin(message: Claimed, now: datetime) -> None:
    """Begin one check and find whom it asks, some people in each transaction; a second run goes on where one ended."""
    told, today = message.payload, day_in(organisation_zone(), now)
    one = Due(told["commitment"], told["delivery"], date.fromisoformat(told["live_from"]), told["days"], "")
    with writing():
        wave_id = service.begin(one, today=today, now=now)
    last: int | None = 0
    while wave_id is not None and last is not None:
        with writing():
            last = service.gather(wave_id, last)


def ask(message: Claimed, now: datetime) -> None:
    """Ask everybody who may be asked today, some people in each transaction. Twice asks nobody twice."""
    today = day_in(organisation_zone(), now)
    last: int | None = 0
    while last is not None:
        with writing():
            last = service.ask_some(last, today=today, now=now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic run: once a day (UTC)."""
    return [(DAY, f"{DAY}:{now.astimezone(UTC).date().isoformat()}")]


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {DAY: day, BEGIN: begin, ASK: ask}
