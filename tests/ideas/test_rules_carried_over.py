"""The migration that made rules records: what counted as killed before has a record and a verdict after it."""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text

from portal import append_only
from portal.commitments.rules import CommitmentState
from portal.db import db, writing
from portal.home import proof, search_jobs
from portal.ideas import rule_record_queries as queries
from portal.ideas.models import Story
from portal.ideas.rule_record_finding import find_rules
from portal.ideas.words import Audience, Kind, StoryKind
from tests.commitments.factories import SENTENCE, make_promise, make_promoted
from tests.factories import NOON, Cast
from tests.ideas.making import idea, viewer
from tests.ideas.ruling import named, rule_said
from tests.test_migrations import dialect, triggers

pytestmark = pytest.mark.slow
REVISION = "0006"


def before() -> str:
    scripts = ScriptDirectory(str(Path(__file__).resolve().parents[2] / "migrations"))
    revision = scripts.get_revision(REVISION)
    assert revision is not None and isinstance(revision.down_revision, str)
    return revision.down_revision


def test_what_was_killed_by_a_kept_promise_is_carried_over(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with writing():
            kept = make_promise(cast, idea=make_promoted(cast), state=CommitmentState.CONFIRMED).idea_id
            theirs = make_promoted(cast, audience=Audience.SITE, title="Durban only", site_id=cast.places["Durban"])
            site = make_promise(
                cast, idea=theirs, state=CommitmentState.CONFIRMED, now=NOON + timedelta(days=1)
            ).idea_id
            make_promise(cast, idea=make_promoted(cast, kind=Kind.IDEA), state=CommitmentState.CONFIRMED)
            make_promise(cast, idea=make_promoted(cast, hidden_at=NOON), state=CommitmentState.CONFIRMED)
            make_promise(cast, idea=make_promoted(cast), state=CommitmentState.DELIVERED)
        named(cast.asha, rule_said(cast.asha))
        by_the_program = proof.latest_killed()
        db.session.remove()

        downgrade(revision=before())
        gone = "rule_records" not in inspect(db.engine).get_table_names()
        steps = db.session.scalars(text("SELECT kind FROM idea_story WHERE kind LIKE 'rule%'")).all()
        db.session.remove()
        upgrade()

        assert gone and steps == []
        assert append_only.trigger_names(dialect()) - triggers() == set()
        assert [one[1:] for one in proof.latest_killed()] == [one[1:] for one in by_the_program]
        one, two = queries.rule_of(viewer(cast.bo), kept), queries.rule_of(viewer(cast.mia), site)
        assert one is not None and one.verdict is not None and two is not None
        assert (one.says, one.owner, one.verdict.by, one.verdict.new_wording) == (
            idea(kept).say,
            "Olu",
            "Vic",
            SENTENCE,
        )
        assert one.verdict.effective_on == NOON.date() and two.sites == ((cast.places["Durban"], "Durban"),)
        assert queries.rule_of(viewer(cast.bo), site) is None
        search_jobs.complete()  # as the worker does
        assert {rule.number for rule in find_rules(viewer(cast.mia), "replacement router")} == {one.number, two.number}
        assert len(queries.rules_page(viewer(cast.mia), queries.Wanted())[0]) == 2
        assert db.session.scalar(select(Story.id).where(Story.kind == StoryKind.RULE_NAMED)) is None
        db.session.remove()
