"""What the worker tells about promises: topics, and how a message is left. Payloads are ids and dates alone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.commitments.models import Commitment, Delivery
from portal.commitments.rules import day_in
from portal.commitments.work_models import DecisionNeed, HelpAsk, HelpCall
from portal.outbox import service as outbox

OFFERED = "commitments.offered"  # to its owner: is it yours?
SILENT = "commitments.silent"  # to its sponsor: the owner has not said
DUE = "commitments.due"  # to its owner, and once it is late to its sponsor too
NUDGED = "commitments.nudged"  # to an owner, at most once a day
DECISION_NEEDED = "commitments.decision_needed"  # to the sponsor
DECISION_GIVEN = "commitments.decision_given"  # to the owner
HELP_WANTED = "commitments.help_wanted"  # to those who said that they would help
HELPER_JOINED = "commitments.helper_joined"  # to the owner
CONFIRMED = "commitments.confirmed"  # a second person has looked: what was frozen can be counted on
HANDED_OVER = "commitments.handed_over"  # to whoever has it now
DIGEST_AT = time(8)  # in the organisation's zone


def offered(commitment: Commitment, *, now: datetime, after: timedelta) -> None:
    """The owner hears of it; if they have not said by then whether it is theirs, the sponsor does."""
    about = {"commitment": commitment.id, "owner": commitment.owner_id}
    outbox.emit(OFFERED, about, now=now, available_at=now + after)
    silence(commitment, now=now)


def silence(commitment: Commitment, *, now: datetime) -> None:
    """The sponsor hears of it where the owner has not said by then whether it is theirs."""
    if (until := commitment.accept_by) is not None:
        about = {"commitment": commitment.id, "owner": commitment.owner_id, "accept_by": until.isoformat()}
        outbox.emit(SILENT, about, now=now, available_at=until)


def nudged(owner_id: int, *, zone: str, now: datetime) -> None:
    """One digest tells an owner of all nudges of a day, the morning after."""
    today = day_in(zone, now)
    morning = datetime.combine(today + timedelta(days=1), DIGEST_AT, ZoneInfo(zone))
    key = f"{NUDGED}:{owner_id}:{today.isoformat()}"
    outbox.emit(NUDGED, {"owner": owner_id, "day": today.isoformat()}, now=now, available_at=morning, unique_key=key)


def decision_needed(need: DecisionNeed, *, now: datetime) -> None:
    """The sponsor hears what is asked."""
    outbox.emit(DECISION_NEEDED, {"need": need.id}, now=now)


def decision_given(need_id: int, *, now: datetime) -> None:
    """The owner hears what was decided."""
    outbox.emit(DECISION_GIVEN, {"need": need_id}, now=now)


def help_wanted(call: HelpCall, *, now: datetime) -> None:
    """Everybody who was asked hears of it, each alone."""
    outbox.emit(HELP_WANTED, {"call": call.id}, now=now)


def helper_joined(ask: HelpAsk, *, now: datetime) -> None:
    """The owner hears who joins in."""
    outbox.emit(HELPER_JOINED, {"ask": ask.id}, now=now)


def confirmed(delivery: Delivery, *, now: datetime) -> None:
    """A delivery counts: since when it is live where is settled."""
    outbox.emit(CONFIRMED, {"delivery": delivery.id}, now=now, unique_key=f"{CONFIRMED}:{delivery.id}")


def handed_over(commitment: Commitment, to_id: int, *, part: str, now: datetime) -> None:
    """Whoever has it now hears of it. part: "owner" or "sponsor"."""
    outbox.emit(HANDED_OVER, {"commitment": commitment.id, "to": to_id, "part": part}, now=now)


def due_key(commitment_id: int, due_on: date, moment: str) -> str:
    """One reminder of each kind for each date that was ever promised."""
    return f"{DUE}:{commitment_id}:{due_on.isoformat()}:{moment}"


def due(commitment_id: int, due_on: date, moment: str, *, now: datetime) -> None:
    """A reminder. moment: "week", "day" or "late"."""
    payload = {"commitment": commitment_id, "due_on": due_on.isoformat(), "moment": moment}
    outbox.emit(DUE, payload, now=now, unique_key=due_key(commitment_id, due_on, moment))
