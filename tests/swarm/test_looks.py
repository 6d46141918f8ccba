"""Looks: what they add, what takes it back, how long they are kept, and that a rebuild finds the same."""

import random
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.errors import Refused
from portal.people.models import AuditEntry, Person
from portal.swarm import audit, looks_service
from portal.swarm.looks import FAIRLY_SEEN, chance_examined, looked
from portal.swarm.looks_models import Look, LookArchive
from portal.swarm.models import IdeaScore, IdeaTeam, PromotionTeam
from portal.worker import run_once
from tests.factories import NOON, Cast, signed_in
from tests.ideas.making import said, viewer
from tests.swarm.looking import impression, look
from tests.swarm.voting import vote

LATER = NOON + timedelta(days=181)


def m_of(person_id: int, number: int) -> float:
    cell = db.session.get(IdeaTeam, (number, viewer(person_id).team_id), populate_existing=True)
    return cell.m if cell else 0.0


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(Look)) or 0


def test_who_passes_the_first_place_by_has_seen_it_and_further_down_ever_less() -> None:
    chances = [chance_examined(slot) for slot in range(1, 9)]

    assert chances[0] == pytest.approx(1.0)
    assert chances == sorted(chances, reverse=True)
    assert chances[1] == pytest.approx(0.45 * 2**-0.7 / (1 - 0.55 * 2**-0.7))


@pytest.mark.parametrize("slot", [0, 9, -1])
def test_a_page_has_eight_places(slot: int) -> None:
    with pytest.raises(ValueError, match="places 1 to 8"):
        chance_examined(slot)


def test_looking_again_never_lowers_what_was_seen_and_never_passes_one() -> None:
    rng, p_seen = random.Random(7), 0.0
    for _ in range(200):
        after = looked(p_seen, rng.randint(1, 8))
        assert p_seen <= after <= 1.0
        p_seen = after


def test_what_somebody_saw_is_added_to_their_teams_looks(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)

    look(cast.bo, number, 2)
    look(cast.bo, number, 3, page=2)

    expected = 1 - (1 - chance_examined(2)) * (1 - chance_examined(3))
    assert m_of(cast.bo, number) == pytest.approx(expected, abs=1e-12)
    assert db.session.get_one(IdeaScore, number).m == pytest.approx(expected, abs=1e-12)
    assert audit.verify() == []


def test_a_page_that_is_sent_twice_counts_once(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    look(cast.bo, number, 4, page=77)
    before = m_of(cast.bo, number)

    look(cast.bo, number, 4, page=77)

    assert m_of(cast.bo, number) == before


def test_nobody_looks_at_their_own_idea_or_at_what_they_decided(context: Flask, cast: Cast) -> None:
    number, passed = said(cast.asha), said(cast.asha, "Another rule should go")
    vote(cast.bo, passed, "pass")

    look(cast.asha, number)
    look(cast.bo, passed)

    assert kept() == 0 and m_of(cast.bo, passed) == 1.0


def test_what_has_left_the_board_is_not_looked_at(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    assert any(vote(person, number, "strong") for person in cast.voters[1:20])

    look(cast.bo, number)

    assert kept() == 0 and audit.verify() == []


@pytest.mark.parametrize(("wanted", "m"), [("support", 1.0), ("strong", 1.0), ("pass", 1.0), ("stop", 0.0)])
def test_a_decision_stands_in_the_place_of_the_look(context: Flask, cast: Cast, wanted: str, m: float) -> None:
    number = said(cast.asha)
    look(cast.bo, number, 3)
    looked_m = m_of(cast.bo, number)

    vote(cast.bo, number, wanted)
    decided_m = m_of(cast.bo, number)
    verified = audit.verify()
    vote(cast.bo, number, "none")

    assert decided_m == pytest.approx(m, abs=1e-12) and verified == []
    assert m_of(cast.bo, number) == pytest.approx(looked_m, abs=1e-12)
    assert audit.verify() == []


def test_changing_a_vote_leaves_the_look_out(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    look(cast.bo, number, 2)

    for wanted in ("support", "stop", "pass", "strong"):
        vote(cast.bo, number, wanted)

    assert m_of(cast.bo, number) == pytest.approx(1.0, abs=1e-12) and audit.verify() == []


def test_a_support_by_somebody_who_had_looked_lowers_neither_score_nor_evidence(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    for person in (cast.bo, cast.cy, cast.voters[8]):
        look(person, number, 1)
    before = db.session.get_one(IdeaScore, number)
    was = before.score, before.evidence

    vote(cast.bo, number, "support")

    after = db.session.get_one(IdeaScore, number, populate_existing=True)
    assert after.score >= was[0] and after.evidence >= was[1]


def test_who_moves_to_another_team_takes_back_the_look_where_it_was(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    look(cast.bo, number, 2)
    with writing():
        bo, cy = db.session.get_one(Person, cast.bo), db.session.get_one(Person, cast.cy)
        bo.place_id, bo.team_id = cy.place_id, cy.team_id

    vote(cast.bo, number, "support")

    assert audit.verify() == []


def test_a_rebuild_gives_what_votes_and_looks_gave(context: Flask, cast: Cast) -> None:
    numbers = [said(cast.asha, f"Rule number {n} should go") for n in range(4)]
    rng = random.Random(4)
    for page in range(120):
        person, number = rng.choice(cast.voters), rng.choice(numbers)
        if rng.random() < 0.6:
            look(person, number, rng.randint(1, 8), page=page)
        else:
            try:
                vote(person, number, rng.choice(["support", "pass", "stop", "none"]))
            except Exception as refused:
                assert getattr(refused, "code", "") in ("no_vote_to_withdraw", "closed")
    before = {row.idea_id: (row.s, row.d, row.m) for row in db.session.scalars(select(IdeaScore))}
    assert audit.verify() == []

    with writing():
        audit.rebuild(now=NOON)

    assert audit.verify() == []
    for row in db.session.scalars(select(IdeaScore)):
        assert (row.s, row.d, row.m) == pytest.approx(before[row.idea_id], abs=1e-9)


def test_a_promotion_keeps_the_looks_of_its_moment(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    for person in cast.voters[20:24]:
        look(person, number, 4)
    carried = [vote(person, number, "strong") for person in cast.voters[:20]]

    assert any(carried) and audit.verify() == []
    m = db.session.scalar(select(func.sum(PromotionTeam.m))) or 0.0
    assert m > carried.index(True) + 1


def test_old_looks_are_folded_away_and_no_score_changes(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    look(cast.bo, number, 2)
    look(cast.cy, number, 3)
    look(cast.di, number, 3, now=LATER - timedelta(days=1))
    vote(cast.cy, number, "support")
    before = db.session.get_one(IdeaScore, number).m

    with writing():
        assert looks_service.fold(now=LATER, most=100) == 2
    with writing():
        assert looks_service.fold(now=LATER, most=100) == 0

    assert kept() == 1
    assert db.session.scalar(select(func.sum(LookArchive.m))) == pytest.approx(chance_examined(2), abs=1e-12)
    assert db.session.get_one(IdeaScore, number, populate_existing=True).m == before
    assert audit.verify() == []


def test_folding_twice_adds_to_what_a_team_has(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    for who in (0, 8):  # of one team
        look(cast.voters[who], number, 2)
        with writing():
            looks_service.fold(now=LATER, most=100)

    assert [row.m for row in db.session.scalars(select(LookArchive))] == [pytest.approx(2 * chance_examined(2))]
    assert audit.verify() == []


def test_looks_of_people_who_left_are_folded_away_at_once(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    look(cast.bo, number, 2)
    look(cast.cy, number, 2)
    with writing():
        db.session.get_one(Person, cast.bo).deactivated_at = NOON

    with writing():
        assert looks_service.fold(now=NOON, most=100) == 1

    assert kept() == 1 and audit.verify() == []


def test_the_worker_folds_each_night(app: Flask, cast: Cast) -> None:
    with app.app_context():
        look(cast.bo, said(cast.asha), 2)

    run_once(app, now=LATER)

    with app.app_context():
        assert kept() == 0 and audit.verify() == []


def test_switched_off_only_decisions_count(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number, other = said(cast.asha), said(cast.asha, "Another rule should go")
        look(cast.bo, number, 2)
        with writing():
            looks_service.fold(now=LATER, most=100)
        look(cast.cy, number, 3)
        look(cast.cy, other, 3)
        vote(cast.di, number, "support")
        with writing():
            assert looks_service.switch(viewer(cast.mia), kept=False, now=NOON)
        look(cast.voters[5], number, 1)
        assert audit.verify() == []

    run_once(app, now=NOON)

    with app.app_context():
        assert kept() == 0 and db.session.scalars(select(LookArchive)).all() == []
        assert db.session.get_one(IdeaScore, number).m == pytest.approx(1.0, abs=1e-12)
        assert db.session.get_one(IdeaScore, other).m == pytest.approx(0.0, abs=1e-12)
        assert audit.verify() == []
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "looks.switched")).one()
        assert entry.actor_id == cast.mia


def test_switched_on_again_looks_count_again(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    with writing():
        looks_service.switch(viewer(cast.mia), kept=False, now=NOON)
    with writing():
        assert looks_service.switch(viewer(cast.tess), kept=True, now=NOON)
        assert not looks_service.switch(viewer(cast.tess), kept=True, now=NOON)

    look(cast.bo, number, 1)

    assert m_of(cast.bo, number) == pytest.approx(1.0) and FAIRLY_SEEN < 1
    with writing():
        assert looks_service.forget(now=NOON, most=10) == 0


def test_only_programme_and_administrators_switch(context: Flask, cast: Cast) -> None:
    with writing(), pytest.raises(Refused, match="role"):
        looks_service.switch(viewer(cast.bo), kept=False, now=NOON)


def test_many_looks_at_once_are_added_up(context: Flask, cast: Cast) -> None:
    numbers = [said(cast.asha, f"Rule number {n} should go") for n in range(6)]
    page = [impression(person, number, n % 8 + 1, n)
            for n, person in enumerate(cast.voters) for number in numbers]  # fmt: skip

    with writing():
        looks_service.record(page, now=NOON)

    assert kept() == len(page) and audit.verify() == []


def test_whoever_looked_and_pressed_nothing_is_told_among_those_who_looked(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        for person in (cast.cy, cast.di, cast.sam):
            look(person, number)
        vote(cast.bo, number, "support")

    page = signed_in(app, cast.bo).get(f"/ideas/{number}").get_data(as_text=True)
    with app.app_context():
        told = app.test_cli_runner().invoke(args=["swarm", "explain", str(number)]).output

    assert "about 4 colleagues looked at it and 1 supports it" in page
    assert "about 4 colleagues looked at it" in told
