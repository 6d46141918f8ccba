"""What a metric is, how it was counted before, and what else happened."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from portal.db import db, writing
from portal.errors import Conflict, DomainError, Invalid, Missing, Refused
from portal.metrics import definition_queries, definitions, notes, notes_queries, queries, service
from portal.metrics.csv_cells import OLDEST
from portal.metrics.definition_rules import MetricFacts, Value, facts_refusal, survey_load
from portal.metrics.models import CalendarNote, Direction, MetricDefinition, NoteKind
from portal.metrics.notes_rules import NewNote
from portal.metrics.starter import STARTER
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer
from tests.factories import NOON, Cast

TODAY = NOON.date()
FACTS = MetricFacts("Callbacks kept", "% of those promised", "up", definition="Called back on the promised day.")


@pytest.fixture
def mia(context: Flask, cast: Cast) -> Viewer:
    """The programme lead."""
    found = viewer_of(cast.mia)
    assert found
    return found


def defined(mia: Viewer, facts: MetricFacts = FACTS) -> int:
    with writing():
        return definitions.define(mia, "callbacks", facts, now=NOON).id


def changed(
    mia: Viewer, metric_id: int, *, days_later: int = 7, since: date | None = None, **over: object
) -> int | None:
    with writing():
        metric = queries.metric(metric_id)
        facts = replace(definitions.facts_of(metric), **over)  # type: ignore[arg-type]
        made = definitions.change(mia, metric, facts, since=since, now=NOON + timedelta(days=days_later))
        return made.version if made else None


def test_another_way_of_counting_is_a_version_and_stands_in_the_calendar(mia: Viewer) -> None:
    metric = defined(mia)

    version = changed(mia, metric, definition="Called back within the hour.", unit="% of all")

    assert version == 2
    told = definition_queries.versions(metric)
    assert [(row.MetricDefinition.version, row.MetricDefinition.unit, row.by) for row in told] == [
        (2, "% of all", "Mia"), (1, "% of those promised", "Mia")]  # fmt: skip
    week_on = TODAY + timedelta(days=7)
    (note,) = notes_queries.notes_in(metric, [], TODAY, week_on)
    assert (note.kind, note.date_from, note.place) == (NoteKind.DEFINITION, week_on, None)
    assert note.words == (
        "Callbacks kept is counted in another way, version 2: unit % of all instead of % of those promised; "
        "a new definition."
    )


def test_another_name_or_note_is_no_version(mia: Viewer) -> None:
    metric = defined(mia)

    assert changed(mia, metric, name="Calls back", note="New name.", decimals=0, cadence="week", position=3) is None

    found = queries.metric(metric)
    assert (found.name, found.definition_version) == ("Calls back", 1)
    assert notes_queries.notes_in(metric, None, OLDEST, TODAY + timedelta(days=99)) == []


def test_how_a_starter_metric_was_counted_is_kept_when_it_is_first_changed(mia: Viewer) -> None:
    with writing():
        service.add_starter_set()
    csat = queries.metric_called("csat").id

    assert changed(mia, csat, definition="Asked by text message.") == 2

    assert [row.MetricDefinition.since for row in definition_queries.versions(csat)] == [
        TODAY + timedelta(days=7), OLDEST]  # fmt: skip


@pytest.mark.parametrize(("days", "code"), [(9, "since_in_future"), (-1, "since_too_early")])
def test_a_version_holds_since_a_day_between_the_last_one_and_today(mia: Viewer, days: int, code: str) -> None:
    metric = defined(mia)

    with pytest.raises(Invalid) as refused:
        changed(mia, metric, definition="Otherwise.", since=TODAY + timedelta(days=days))

    assert refused.value.code == code
    assert queries.metric(metric).definition_version == 1


def test_no_version_is_ever_changed_or_deleted(mia: Viewer) -> None:
    defined(mia)

    with pytest.raises(Exception, match="append-only"), writing():
        db.session.execute(delete(MetricDefinition))


VALUE = Value(420, "GBP", "Cost of a second call, finance 2026", 1)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(FACTS, name=""), "name_length"),
        (replace(FACTS, unit="x" * 61), "unit_length"),
        (replace(FACTS, note="x" * 501), "note_too_long"),
        (replace(FACTS, decimals=7), "decimals_range"),
        (replace(FACTS, position=-1), "position_range"),
        (replace(FACTS, definition="x" * 2001), "definition_too_long"),
        (replace(FACTS, survey_note="x" * 301), "survey_note_too_long"),
        (replace(FACTS, harm_limit=0.0), "harm_limit_range"),
        (replace(FACTS, harm_limit=float("nan")), "harm_limit_range"),
        (replace(FACTS, value=VALUE._replace(cents=0)), "unit_value_range"),
        (replace(FACTS, value=VALUE._replace(currency="gbp")), "currency_malformed"),
        (replace(FACTS, value=VALUE._replace(basis="")), "value_without_basis"),
        (replace(FACTS, value=VALUE), None),
    ],
)
def test_what_a_metric_may_be(facts: MetricFacts, code: str | None) -> None:
    assert facts_refusal(facts) == code


def test_only_people_of_rank_agree_to_what_a_unit_is_worth(mia: Viewer, cast: Cast) -> None:
    metric = defined(mia)

    with pytest.raises(Invalid, match="unknown_value_owner"):
        changed(mia, metric, value=VALUE._replace(owner_id=cast.asha))
    changed(mia, metric, value=VALUE._replace(owner_id=cast.vic))

    assert definition_queries.value_owner_name(queries.metric(metric)) == "Vic"
    assert {row.name for row in definition_queries.value_owners()} == {"Olu", "Vic", "Mia"}


def test_a_code_is_taken_once_and_has_its_shape(mia: Viewer) -> None:
    defined(mia)

    with pytest.raises(Conflict, match="metric_code_taken"):
        defined(mia)
    with pytest.raises(Invalid, match="code_malformed"), writing():
        definitions.define(mia, "Call-backs", FACTS, now=NOON)


def test_a_retired_metric_leaves_the_lists_and_comes_back(mia: Viewer) -> None:
    metric = defined(mia)

    for _ in range(2):
        with writing():
            definitions.retire(mia, queries.metric(metric), now=NOON)
    assert [found.id for found in definition_queries.retired()] == [metric]
    assert queries.metrics() == []
    with writing():
        definitions.bring_back(mia, queries.metric(metric), now=NOON)
    assert [found.id for found in queries.metrics()] == [metric]


def test_the_starter_set_adds_what_is_missing_and_a_second_time_nothing(mia: Viewer) -> None:
    with writing():
        service.define_metric("csat", "Our own", "score", Direction.UP_IS_GOOD)
    assert definition_queries.missing_from_starter_set() == len(STARTER) - 1

    with writing():
        added = service.add_starter_set()
    with writing():
        again = service.add_starter_set()

    assert (len(added), again) == (len(STARTER) - 1, [])
    assert queries.metric_called("csat").name == "Our own"
    last = queries.metrics()[-1]
    assert last.code == "handle_time" and "harmful as a goal" in last.note
    assert {found.code for found in STARTER} == {
        "csat", "nps", "first_contact_resolution", "repeat_contacts_7d", "transfers", "customer_effort", "churn_90d",
        "complaints", "agent_attrition", "morale_pulse", "handle_time"}  # fmt: skip


@pytest.mark.parametrize(
    ("note", "ns", "words"),
    [
        ("", [12], ""),
        ("Nobody is asked more than once a quarter", [50, 60, 52, 50],
         "Based on 212 sampled answers in the last 4 weeks; nobody is asked more than once a quarter."),
        ("Nobody twice.", [1], "Based on 1 sampled answer in the last week; nobody twice."),
        ("Nobody twice", [], "No answers yet; nobody twice."),
        ("Nobody twice", [5, None], "How many answers the last 2 weeks rest on was not reported; nobody twice."),
    ],
)  # fmt: skip
def test_how_many_were_asked_stands_beside_a_survey(note: str, ns: list[int | None], words: str) -> None:
    assert survey_load(note, ns) == words


def noted(viewer: Viewer, **over: object) -> int:
    new = NewNote("outage", TODAY, TODAY + timedelta(days=2), "Network down")
    with writing():
        return notes.add_note(viewer, replace(new, **over), now=NOON).id  # type: ignore[arg-type]


def test_notes_are_found_by_days_metric_and_place(mia: Viewer, cast: Cast) -> None:
    metric, at = defined(mia), cast.places
    everywhere = noted(mia)
    leeds = noted(mia, place_id=at["Leeds"], words="Floor flooded")
    noted(mia, place_id=at["Durban"])
    employer = noted(mia, place_id=at["Harbour"])
    noted(mia, date_from=TODAY - timedelta(days=9), date_to=TODAY - timedelta(days=8))
    with writing():
        other = service.define_metric("other", "Other", "score", Direction.UP_IS_GOOD)
    noted(mia, metric_id=other.id)
    billing = noted(mia, place_id=at["Leeds/Billing"])

    def found(place: str) -> list[int]:
        return [note.id for note in notes_queries.notes_in(metric, [at[place]], TODAY, TODAY)]

    assert found("Leeds") == [everywhere, leeds, employer, billing]
    assert found("Leeds/Retentions") == [everywhere, leeds, employer]
    assert found("Belfast") == [everywhere, employer]
    assert len(notes_queries.notes_in(metric, None, TODAY, TODAY)) == 5
    assert notes_queries.notes_in(metric, [at["Leeds"]], TODAY, TODAY)[1].place == "Leeds"


def test_a_note_that_was_taken_back_is_shown_no_more_and_stays_on_the_record(mia: Viewer) -> None:
    note = noted(mia)

    for _ in range(2):
        with writing():
            notes.withdraw_note(mia, notes_queries.note(note), now=NOON)

    assert notes_queries.notes_page(limit=9, cursor=None) == ([], None)
    assert db.session.scalars(select(CalendarNote.withdrawn_at)).all() == [NOON]


def test_what_a_changed_definition_wrote_stays_in_the_calendar(mia: Viewer) -> None:
    metric = defined(mia)
    changed(mia, metric, definition="Otherwise.")
    (row,) = notes_queries.notes_page(limit=9, cursor=None)[0]

    with pytest.raises(Conflict, match="definition_note_stays"), writing():
        notes.withdraw_note(mia, row.CalendarNote, now=NOON)


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"words": "x"}, "words_length"),
        ({"date_to": TODAY - timedelta(days=1)}, "ends_before_it_starts"),
        ({"date_to": TODAY + timedelta(days=366)}, "note_covers_too_much"),
        ({"date_from": date(1999, 1, 1)}, "note_out_of_range"),
        ({"date_from": TODAY + timedelta(days=800), "date_to": TODAY + timedelta(days=800)}, "note_out_of_range"),
        ({"place_id": 999}, "unknown_place"),
        ({"metric_id": 999}, "unknown_metric"),
    ],
)
def test_what_a_note_may_say(mia: Viewer, over: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        noted(mia, **over)

    assert refused.value.code == code


def test_only_programme_and_administrators_define_and_note(mia: Viewer, cast: Cast) -> None:
    metric = queries.metric(defined(mia))
    vic = viewer_of(cast.vic)
    assert vic
    for verb in (
        lambda: definitions.define(vic, "x_y", FACTS, now=NOON),
        lambda: definitions.change(vic, metric, FACTS, now=NOON),
        lambda: definitions.retire(vic, metric, now=NOON),
        lambda: definitions.bring_back(vic, metric, now=NOON),
        lambda: notes.add_note(vic, NewNote("outage", TODAY, TODAY, "Down"), now=NOON),
        lambda: notes.withdraw_note(vic, CalendarNote(), now=NOON),
    ):
        with pytest.raises(Refused):
            verb()
    with pytest.raises(Missing):
        notes_queries.note(999)
