"""Parameters: versions, who may change them, and that every computation follows."""

import json

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.db import db, writing
from portal.errors import DomainError
from portal.outbox.models import Message
from portal.people.models import AuditEntry
from portal.swarm import audit, parameter_queries, parameters, score
from portal.swarm.models import IdeaScore, IdeaTeam, PortalStat, Promotion, Via
from portal.swarm.parameter_models import ParametersVersion
from portal.swarm.parameter_rules import KNOBS, ParameterRefusal, changed
from portal.swarm.score import DEFAULTS
from portal.swarm.service import Voter, cast_vote
from portal.worker import run_once
from tests.factories import NOON, Cast, send, signed_in
from tests.ideas.making import idea, said, viewer
from tests.ledger.racing import race
from tests.swarm.voting import WANTED, rescore, vote

WHY = "The teams are larger than we thought."


def change(reason: str = WHY, **wanted: float) -> score.Params:
    with writing():
        return parameters.change(wanted, reason, by_id=None, now=NOON)


def refused(**wanted: float) -> str:
    with pytest.raises(DomainError) as caught:
        change(**wanted)  # type: ignore[arg-type]
    return caught.value.code


def sums(number: int) -> tuple[float, float, float]:
    row = db.session.get_one(IdeaScore, number, populate_existing=True)
    return row.s, row.d, row.m


def test_without_a_change_the_defaults_are_in_force_and_nothing_is_read(context: Flask) -> None:
    assert parameters.in_force() is DEFAULTS and parameters.newest() is DEFAULTS


def test_a_change_is_a_version_with_who_when_and_why(context: Flask, cast: Cast) -> None:
    with writing():
        parameters.change({"rho": 0.4}, WHY, by_id=cast.mia, now=NOON)
    change("And a higher line, as agreed.", line=5, rho=0.4)

    lines, _ = parameter_queries.versions_page()
    assert [(one.version, one.by, one.reason, list(one.changes)) for one in lines] == [
        (3, None, "And a higher line, as agreed.", [("Swarm line", 4.5, 5)]),
        (2, "Mia", WHY, [("Likeness inside a team", 0.5, 0.4)]),
    ]
    assert parameters.in_force().version == 3 and parameters.in_force().rho == 0.4
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "parameters.changed")).all()
    assert [(one.subject, one.actor_id) for one in entries] == [("parameters:2", cast.mia), ("parameters:3", None)]


def test_each_refusal_of_a_change_has_its_reason(context: Flask) -> None:
    found = {
        refused(prior_m=9),
        refused(rho=1.5),
        refused(rho=float("nan")),
        refused(teams_min=2.5),
        refused(teams_min=6),
        refused(rho=0.5),
        refused(reason="because", rho=0.4),  # type: ignore[arg-type]
    }

    assert found == set(ParameterRefusal)
    assert db.session.scalars(select(ParametersVersion)).all() == []


def test_back_to_the_default_is_a_version_too(context: Flask) -> None:
    change(rho=0.4)
    back = change(rho=0.5)

    assert (back.version, back.rho) == (3, DEFAULTS.rho)
    assert json.loads(db.session.get_one(ParametersVersion, 3).overrides) == {}


@pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: knob.name)
def test_every_parameter_takes_both_of_its_bounds(knob) -> None:  # type: ignore[no-untyped-def]
    for value in {knob.low, knob.high} - {getattr(DEFAULTS, knob.name)}:
        others = {"teams_max": 50.0} if knob.name == "teams_min" else {}
        after = changed({}, {knob.name: value} | others, WHY)
        assert after[knob.name] == value


@pytest.mark.parametrize("wanted", [{"rho": 0.2}, {"w_strong": 2.0}, {"lam": 0.5, "rho_stop": 0.0}, {"m0": 3.0}])
def test_the_worker_brings_every_idea_to_the_new_version(app: Flask, cast: Cast, wanted: dict[str, float]) -> None:
    with app.app_context():
        numbers = [said(cast.asha, f"Rule number {n} should go") for n in range(3)]
        for person, kind in zip(cast.voters[:9], ["strong", "support", "pass", "stop"] * 3, strict=False):
            vote(person, numbers[person % 3], kind)
        rescore()
        change(**wanted)  # type: ignore[arg-type]
        assert audit.verify() == []  # each row by its own version
    run_once(app)
    with app.app_context():
        versions = db.session.scalars(select(IdeaScore.params_version).distinct()).all()
        assert (versions, audit.verify()) == ([2], [])
        params = parameters.in_force()
        stat = db.session.get_one(PortalStat, 1)
        assert stat.mu0 == score.portal_means(stat.sum_s, stat.sum_d, stat.sum_m, params).mu0
        kept = {number: sums(number) for number in numbers}
        with writing():
            audit.rebuild(now=NOON)
        assert {number: pytest.approx(sums(number)) for number in numbers} == kept
        assert db.session.scalar(select(Message.given_up_at).where(Message.topic == parameters.RESCORE)) is None


def test_a_vote_before_the_worker_brings_its_idea_up_itself(context: Flask, cast: Cast) -> None:
    first, other = said(cast.asha), said(cast.asha, "Another rule that should go")
    for number in (first, other):
        for person in cast.voters[:4]:
            vote(person, number, "strong")
    change(rho=0.1, w_strong=2.0)

    vote(cast.voters[8], first, "strong")

    versions = {
        row.idea_id: row.params_version
        for row in db.session.execute(select(IdeaScore.idea_id, IdeaScore.params_version))
    }
    assert versions == {first: 2, other: 1}
    assert audit.verify() == []
    cells = db.session.execute(select(IdeaTeam.u, IdeaTeam.d, IdeaTeam.m).where(IdeaTeam.idea_id == first)).all()
    terms = score.idea_terms(cells, parameters.in_force())
    assert sums(first) == pytest.approx(tuple(terms))
    assert sum(row.u for row in cells) == 15


def test_the_first_vote_after_a_change_on_an_empty_portal_uses_it(context: Flask, cast: Cast) -> None:
    change(w_strong=0.0)
    number = said(cast.asha)

    vote(cast.bo, number, "strong")

    assert sums(number)[0] == 1.0 and audit.verify() == []
    assert db.session.get_one(IdeaScore, number).params_version == 2


def test_a_lower_line_promotes_and_the_promotion_keeps_its_version(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    people = iter(cast.voters)
    change(line=0.5, sites_max=1, teams_max=2)
    while idea(number).stage != "promoted":
        vote(next(people), number, "strong")
    change("And back to where it was.", line=9, sites_max=3, teams_max=5)

    row = db.session.scalars(select(Promotion)).one()
    assert (row.params_version, row.line) == (2, 0.5 * min(1.0, row.teams / 20))
    assert audit.agrees(row) and audit.verify() == []


def test_a_promotion_that_was_tampered_with_does_not_agree(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    people = iter(cast.voters)
    while idea(number).stage != "promoted":
        vote(next(people), number, "strong")
    table = Promotion.__tablename__
    drop = {"sqlite": f"DROP TRIGGER {table}_no_update", "postgresql": f"DROP TRIGGER {table}_no_update ON {table}"}
    with writing():
        db.session.execute(text(drop[db.engine.dialect.name]))

    for name in ("s", "d", "m", "mu0", "delta", "evidence", "line", "teams", "sites", "n_team", "n_site",
                 "params_version", "vote_id_max"):  # fmt: skip
        with writing():
            db.session.execute(text(f"UPDATE {table} SET {name} = {name} + 1"))
        assert audit.verify(), name
        assert not audit.agrees(db.session.scalars(select(Promotion)).one()), name
        with writing():
            db.session.execute(text(f"UPDATE {table} SET {name} = {name} - 1"))
        db.session.expire_all()


def test_versions_are_only_added(context: Flask) -> None:
    change(rho=0.4)

    with pytest.raises(DBAPIError), writing():
        db.session.execute(text("UPDATE swarm_parameters SET reason = 'none'"))
    with pytest.raises(DBAPIError), writing():
        db.session.execute(text("DELETE FROM swarm_parameters"))


@pytest.mark.slow
def test_changes_at_once_are_versions_one_after_the_other(app: Flask, cast: Cast) -> None:
    found = race(app, 4, lambda n: parameters.change({"rho": n / 10}, WHY, by_id=None, now=NOON).version)

    assert sorted(found) == [2, 3, 4, 5]  # type: ignore[type-var]


@pytest.mark.slow
def test_votes_while_the_parameters_change_leave_scores_that_agree(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        vote(cast.voters[23], number, "strong")

    def work(n: int) -> object:
        if n == 3:
            return parameters.change({"rho": 0.3, "w_strong": 2.0}, WHY, by_id=None, now=NOON).version

        return cast_vote(Voter.of(viewer(cast.voters[n])), number, WANTED["strong"], via=Via.FEED, now=NOON)

    race(app, 8, work)
    run_once(app)

    with app.app_context():
        assert audit.verify() == []
        assert db.session.get_one(IdeaScore, number).params_version == 2


def test_the_page_tells_why_and_programme_changes_it(app: Flask, cast: Cast) -> None:
    mia, bo = signed_in(app, cast.mia), signed_in(app, cast.bo)
    values = {knob.name: getattr(DEFAULTS, knob.name) for knob in KNOBS}

    before = bo.get("/ideas/order").get_data(as_text=True)
    form = mia.get("/swarm/parameters").get_data(as_text=True)
    wrong = send(mia, "/swarm/parameters", **{**values, "rho": 3, "reason": WHY})
    same = send(mia, "/swarm/parameters", **{**values, "reason": WHY})
    unsaid = send(mia, "/swarm/parameters", **{**values, "rho": 0.4, "reason": ""})
    done = send(mia, "/swarm/parameters", **{**values, "rho": 0.4, "reason": WHY})
    after = bo.get("/ideas/order").get_data(as_text=True)

    assert "Nobody has changed anything yet." in before and "as Sayso comes" in before
    assert 'name="rho"' in form and 'value="0.5"' in form
    assert (wrong.status_code, same.status_code, unsaid.status_code) == (422, 409, 422)
    assert "Likeness inside a team: choose something from 0 to 1." in wrong.get_data(as_text=True)
    assert WHY in wrong.get_data(as_text=True)
    assert done.status_code == 303
    assert WHY in after and "Mia" in after and "0.5 before, 0.4 since" in after
    assert "/ideas/order" in bo.get("/ideas").get_data(as_text=True)
    assert bo.get("/swarm/parameters").status_code == 403


def test_the_command_shows_and_changes(context: Flask) -> None:
    run = context.test_cli_runner().invoke

    shown = run(args=["swarm", "parameters", "--json"])
    assert shown.exit_code == 0, shown.stderr or repr(shown.exception)
    done = run(args=["swarm", "parameters", "--set", "rho=0.4", "--set", "line=5", "--reason", WHY])
    wrong = run(args=["swarm", "parameters", "--set", "rho", "--reason", WHY])
    unsaid = run(args=["swarm", "parameters", "--set", "rho=0.3"])

    assert json.loads(shown.output)["parameters"]["rho"] == 0.5
    assert done.exit_code == 0 and "version 2" in done.output and "line = 5" in done.output
    assert (wrong.exit_code, unsaid.exit_code) == (1, 1) and "Say why" in unsaid.output
