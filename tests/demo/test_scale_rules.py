"""The rules of a generated firm, and that everything in it can be found."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.clock import now as clock_now
from portal.commitments.models import Commitment, CommitmentState
from portal.db import db, writing
from portal.demo.bulk_load import let_be_found
from portal.home import doctor, proof, search_jobs
from portal.home.search import Asked, search
from portal.ideas.models import Idea
from portal.ideas.rule_record_models import RuleChange, RuleIdea, RuleRecord, RuleSite, RuleVerdict
from portal.ideas.rule_record_verdicts import settle_by_promise
from portal.ideas.search_models import EntryKind, SearchEntry
from portal.people.queries import demo_viewer
from tests.databases import PostgresCopies, SqliteCopies
from tests.demo.test_scale import NOW, SMALL, elsewhere, load, only_what_was_said, rows, same

pytestmark = pytest.mark.slow
LIVELY = replace(SMALL, people=300, ideas=500, votes=12_000, days=300)
TABLES = RuleRecord, RuleSite, RuleIdea, RuleChange, RuleVerdict


def index_is_right(app: Flask) -> bool:
    (check,) = (check for check in doctor.examine(app, now=clock_now()) if check.name == "search index")
    return check.fine


def test_rules_are_those_that_kept_promises_would_have_killed_one_by_one(
    context: Flask, copies: SqliteCopies | PostgresCopies, tmp_path: Path
) -> None:
    load(LIVELY)
    kept = {model: rows(model) for model in TABLES}
    promises = select(Commitment).where(Commitment.state == CommitmentState.CONFIRMED).order_by(Commitment.updated_at)
    ended = [
        {"idea_id": one.idea_id, "confirmed_by": one.sponsor_id, "owner_id": one.owner_id, "sentence": one.sentence,
         "live_from": one.live_from, "now": one.updated_at}
        for one in db.session.scalars(promises)
    ]  # fmt: skip
    assert len(kept[RuleRecord]) > 3 and len(ended) > len(kept[RuleRecord])

    with elsewhere(copies, tmp_path):
        with writing():
            only_what_was_said(LIVELY)
            for one in ended:
                settle_by_promise(**one)
        for model in TABLES:
            same(kept[model], rows(model))


def test_the_board_shows_them_and_everything_is_found(context: Flask) -> None:
    load(LIVELY)
    assert not index_is_right(context)
    let_be_found()

    assert index_is_right(context) and search_jobs.complete() == 0
    assert db.session.scalar(select(SearchEntry.id).where(~SearchEntry.learned).limit(1)) is None
    assert len(proof.latest_killed()) > 2
    looker = demo_viewer("frontline")
    assert looker is not None
    rule = db.session.scalars(select(RuleRecord).order_by(RuleRecord.id.desc())).first()
    assert rule is not None
    for kind in set(EntryKind) - {EntryKind.INSIGHT}:  # nobody there takes shifts
        assert search(looker, Asked("customer", kind=kind), now=NOW).hits, kind


@pytest.mark.parametrize("size", [(), ("--people", "60", "--days", "30")])
def test_after_the_command_everything_is_found_at_once(context: Flask, size: tuple[str, ...]) -> None:
    done = context.test_cli_runner().invoke(args=["demo", "load", *size])

    assert done.exit_code == 0, done.output
    assert index_is_right(context) and search_jobs.complete() == 0
    assert db.session.scalar(select(Idea.id).limit(1)) is not None
