"""Verbs about what a metric is: defining, changing, retiring. How it was defined before is kept."""

from datetime import date, datetime

from sqlalchemy import func, select, update

from portal.db import db
from portal.errors import Conflict, Invalid
from portal.metrics.csv_cells import OLDEST
from portal.metrics.definition_queries import may_own_a_value
from portal.metrics.definition_rules import (
    MetricFacts,
    Value,
    change_words,
    counted_otherwise,
    facts_refusal,
    since_refusal,
)
from portal.metrics.models import (
    Cadence,
    CalendarNote,
    Direction,
    Metric,
    MetricDefinition,
    MetricKind,
    NoteKind,
)
from portal.metrics.policy import MAY
from portal.metrics.rules import CODE, DefinitionRefusal, latest_day
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer


def define(viewer: Viewer, code: str, facts: MetricFacts, *, now: datetime) -> Metric:
    """Add a metric of one's own, with its first version since today.

    Raises Invalid (`code_malformed`, `unknown_value_owner`, see `MetricRefusal`), Conflict `metric_code_taken`.
    """
    demand(MAY, "metric.define", viewer)
    if not CODE.fullmatch(code):
        words = DefinitionRefusal.CODE_MALFORMED.sentence
        raise Invalid("code_malformed", words, {"code": words})
    _refuse(facts)
    if db.session.scalar(select(Metric.id).where(Metric.code == code)) is not None:
        words = f"There is a metric with the code {code} already."
        raise Conflict("metric_code_taken", words, {"code": words})
    metric = Metric(code=code, **_columns(facts))
    db.session.add(metric)
    db.session.flush()
    _write_version(metric, since=now.date(), by_id=viewer.id, now=now)
    audit("metrics.defined", f"metric:{metric.id}", {"code": code}, actor_id=viewer.id, now=now)
    return metric


def change(
    viewer: Viewer, metric: Metric, facts: MetricFacts, *, since: date | None = None, now: datetime
) -> MetricDefinition | None:
    """Say what a metric is from now on; returns its new version where it is counted in another way, else None.

    since: from which day on it is counted like this, today if it is not said. A new version also stands in the
    calendar. Raises Invalid (`unknown_value_owner`, see `MetricRefusal`).
    """
    demand(MAY, "metric.define", viewer)
    _refuse(facts)
    # Of two who change it at a time the second waits, and compares with what the first has written.
    db.session.refresh(metric, with_for_update={"key_share": True})
    changes = counted_otherwise(facts_of(metric), facts)
    version = None
    if changes:
        version = _next_version(metric, facts, since or now.date(), viewer, now)
        words = change_words(facts.name, version.version, changes)
        db.session.add(CalendarNote(kind=NoteKind.DEFINITION, date_from=version.since, date_to=version.since,
                                    metric_id=metric.id, words=words, by_id=viewer.id, at=now))  # fmt: skip
    for name, value in _columns(facts).items():
        setattr(metric, name, value)
    detail = {"code": metric.code, "version": metric.definition_version, "changes": changes}
    audit("metrics.changed", f"metric:{metric.id}", detail, actor_id=viewer.id, now=now)
    db.session.flush()
    return version


def retire(viewer: Viewer, metric: Metric, *, now: datetime) -> None:
    """Take it out of lists and choices; its values stay. A second time changes nothing."""
    demand(MAY, "metric.define", viewer)
    if _mark(metric, retired_at=now, only_if=Metric.retired_at.is_(None)):
        audit("metrics.retired", f"metric:{metric.id}", {"code": metric.code}, actor_id=viewer.id, now=now)


def bring_back(viewer: Viewer, metric: Metric, *, now: datetime) -> None:
    """Put a retired metric into lists and choices again. A second time changes nothing."""
    demand(MAY, "metric.define", viewer)
    if _mark(metric, retired_at=None, only_if=Metric.retired_at.is_not(None)):
        audit("metrics.brought_back", f"metric:{metric.id}", {"code": metric.code}, actor_id=viewer.id, now=now)


def facts_of(metric: Metric) -> MetricFacts:
    """What it is now, as it would be sent."""
    value = None
    if metric.unit_value_minor is not None and metric.value_owner_id is not None:
        value = Value(metric.unit_value_minor, metric.currency or "", metric.value_basis, metric.value_owner_id)
    return MetricFacts(
        metric.name, metric.unit, metric.direction.value, metric.kind.value, metric.cadence.value, metric.decimals,
        metric.note, metric.definition, metric.survey_note, metric.harm_limit, value, metric.position,
    )  # fmt: skip


def _refuse(facts: MetricFacts) -> None:
    if refusal := facts_refusal(facts):
        raise refusal.as_error()
    if facts.value and not may_own_a_value(facts.value.owner_id):
        words = "Choose who agreed to the amount among owners, executives and the programme."
        raise Invalid("unknown_value_owner", words, {"owner": words})


def _columns(facts: MetricFacts) -> dict[str, object]:
    value = facts.value
    return {
        "name": facts.name, "unit": facts.unit, "direction": Direction(facts.direction),
        "kind": MetricKind(facts.kind), "cadence": Cadence(facts.cadence), "decimals": facts.decimals,
        "note": facts.note, "definition": facts.definition, "survey_note": facts.survey_note,
        "harm_limit": facts.harm_limit, "position": facts.position,
        "unit_value_minor": value and value.cents, "currency": value and value.currency,
        "value_basis": value.basis if value else "", "value_owner_id": value and value.owner_id,
    }  # fmt: skip


def _next_version(metric: Metric, facts: MetricFacts, since: date, viewer: Viewer, now: datetime) -> MetricDefinition:
    last = db.session.scalar(select(func.max(MetricDefinition.since)).where(MetricDefinition.metric_id == metric.id))
    if refusal := since_refusal(since, last=last, today=latest_day(now)):
        raise refusal.as_error()
    if last is None:  # it came with the starter set: how it was counted until now is kept too
        _write_version(metric, since=OLDEST, by_id=None, now=now)
    metric.definition, metric.unit = facts.definition, facts.unit
    metric.direction, metric.kind = Direction(facts.direction), MetricKind(facts.kind)
    metric.definition_version += 1
    return _write_version(metric, since=since, by_id=viewer.id, now=now)


def _write_version(metric: Metric, *, since: date, by_id: int | None, now: datetime) -> MetricDefinition:
    made = MetricDefinition(
        metric_id=metric.id, version=metric.definition_version, definition=metric.definition, unit=metric.unit,
        direction=metric.direction, kind=metric.kind, since=since, by_id=by_id, at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _mark(metric: Metric, *, retired_at: datetime | None, only_if: object) -> bool:
    changed = update(Metric).where(Metric.id == metric.id, only_if).values(retired_at=retired_at)  # type: ignore[arg-type]
    done = db.session.execute(changed).rowcount == 1  # type: ignore[attr-defined]
    db.session.refresh(metric)
    return done
