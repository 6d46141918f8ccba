"""Noting that something happened again, correcting and taking back what one has just noted; what an hour costs."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from portal.db import db, insert_if_new, take_turns
from portal.errors import Invalid
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer
from portal.swarm import occurrence_rules as rules
from portal.swarm import occurrence_sums as sums
from portal.swarm.occurrence_models import HourCost, Occurrence
from portal.swarm.occurrence_rules import A_DAY_MAX, NewOccurrence, OccurrenceRefusal
from portal.swarm.policy import MAY

DAY = timedelta(hours=24)
CENTS_MIN, CENTS_MAX = 100, 100_000


def note(
    viewer: Viewer, idea: Idea, wanted: NewOccurrence, *, today: date, now: datetime, form_key: str | None = None
) -> Occurrence:
    """It happened again. form_key: of the form, which counts once however often it is sent.

    Raises the refusals of `OccurrenceRefusal`.
    """
    demand(MAY, "occurrence.note", viewer)
    _refuse(_place_refusal(idea) or rules.words_refusal(wanted, today))
    take_turns(f"occurrences of person:{viewer.id}")  # windows side by side would each find room for one more
    if (earlier := _sent_before(viewer, form_key)) is not None:
        return earlier
    # Held until it is written: what has just joined another idea would leave this behind.
    db.session.refresh(idea, with_for_update={"read": True})
    _refuse(_place_refusal(idea))
    if _lately(viewer, now) >= A_DAY_MAX:
        raise OccurrenceRefusal.TOO_MANY_TODAY.as_error()
    values = {"idea_id": idea.id, "person_id": viewer.id, "team_id": viewer.team_id, "site_id": viewer.site_id,
              "form_key": form_key, "at": now, **_columns(wanted)}  # fmt: skip
    number = insert_if_new(Occurrence, values, key=("person_id", "form_key"))
    sums.refresh(idea.id, today=today, now=now)
    return db.session.get_one(Occurrence, number)


def correct(viewer: Viewer, noted: Occurrence, wanted: NewOccurrence, *, today: date, now: datetime) -> None:
    """Change the details of what one has just noted."""
    demand(MAY, "occurrence.change", viewer)
    _refuse(_change_refusal(noted, now) or rules.words_refusal(wanted, today))
    _change(noted, _columns(wanted))
    sums.refresh(noted.idea_id, today=today, now=now)


def take_back(viewer: Viewer, noted: Occurrence, *, today: date, now: datetime) -> None:
    """Undo what one has just noted."""
    demand(MAY, "occurrence.change", viewer)
    _refuse(_change_refusal(noted, now))
    _change(noted, {"withdrawn_at": now})
    sums.refresh(noted.idea_id, today=today, now=now)


def set_hour_cost(viewer: Viewer | None, cents: int, currency: str, *, now: datetime) -> HourCost:
    """Say what an hour of work costs. viewer: None on the command line. cents: hundredths of the currency.

    Raises Invalid (`bad_amount`, `bad_currency`).
    """
    if viewer is not None:
        demand(MAY, "hour_cost.set", viewer)
    if not CENTS_MIN <= cents <= CENTS_MAX:
        message = "Write what an hour costs, from 1.00 to 1,000.00."
        raise Invalid("bad_amount", message, {"amount": message})
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        message = "Write the currency as three capital letters, such as GBP."
        raise Invalid("bad_currency", message, {"currency": message})
    by_id = viewer.id if viewer else None
    made = HourCost(cents=cents, currency=currency, set_by_id=by_id, at=now)
    db.session.add(made)
    db.session.flush()
    audit("hour_cost.set", "organisation", {"cents": cents, "currency": currency}, actor_id=by_id, now=now)
    return made


def _refuse(refusal: OccurrenceRefusal | None) -> None:
    if refusal is not None:
        raise refusal.as_error()


def _place_refusal(idea: Idea) -> OccurrenceRefusal | None:
    withdrawn, merged = idea.stage is Stage.WITHDRAWN, idea.stage is Stage.MERGED
    return rules.place_refusal(withdrawn=withdrawn, merged=merged, hidden=idea.hidden_at is not None)


def _change_refusal(noted: Occurrence, now: datetime) -> OccurrenceRefusal | None:
    return rules.change_refusal(noted.at, now, taken_back=noted.withdrawn_at is not None)


def _sent_before(viewer: Viewer, form_key: str | None) -> Occurrence | None:
    if form_key is None:
        return None
    mine = Occurrence.person_id == viewer.id, Occurrence.form_key == form_key
    return db.session.scalar(select(Occurrence).where(*mine))


def _lately(viewer: Viewer, now: datetime) -> int:
    """How many the person has noted in 24 hours; those taken back count, so that nobody goes round in circles."""
    mine = Occurrence.person_id == viewer.id, Occurrence.at > now - DAY
    return db.session.scalar(select(func.count()).select_from(Occurrence).where(*mine)) or 0


def _columns(wanted: NewOccurrence) -> dict[str, Any]:
    return {"day": wanted.day, "reason": " ".join(wanted.reason.split()), "channel": wanted.channel,
            "tried": wanted.tried, "minutes": wanted.minutes}  # fmt: skip


def _change(noted: Occurrence, values: dict[str, Any]) -> None:
    """Change it if it still stands: another window may have taken it back meanwhile."""
    stands = Occurrence.id == noted.id, Occurrence.withdrawn_at.is_(None)
    if db.session.execute(update(Occurrence).where(*stands).values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise OccurrenceRefusal.TAKEN_BACK.as_error()
    db.session.refresh(noted)
