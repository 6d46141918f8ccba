"""What an import brings is found as soon as the worker runs, and what its undoing took back is not."""

from flask import Flask
from sqlalchemy import delete, select

from portal.db import db, table_of, writing
from portal.home import doctor
from portal.home.search import Asked, search
from portal.home.search_jobs import COMPLETE, due
from portal.ideas import imports
from portal.ideas.models import Idea, IdeaImport
from portal.ideas.search_models import SearchEntry
from portal.outbox import service as outbox
from portal.outbox.models import Message
from portal.worker import run_once
from tests.factories import NOON, Cast
from tests.ideas.making import said, viewer
from tests.ideas.test_import_ideas import bring


def found(cast: Cast, text: str) -> list[int | None]:
    return [hit.number for hit in search(viewer(cast.bo), Asked(text), now=NOON).hits]


def index_is_right(app: Flask) -> bool:
    (check,) = (check for check in doctor.examine(app, now=NOON) if check.name == "search index")
    return check.fine


def test_the_next_run_of_the_worker_lets_it_be_found_and_its_undoing_forgets_it(app: Flask, cast: Cast) -> None:
    with app.app_context():
        said(cast.asha, "The zebra form is wrong")
        with writing():  # this hour's run is over
            key = dict(due(NOON))[COMPLETE]
            outbox.emit(COMPLETE, {}, now=NOON, unique_key=key)
    run_once(app, now=NOON)
    with app.app_context():
        bring()
        assert not index_is_right(app)
        asked = db.session.scalars(select(Message.payload).where(Message.topic == COMPLETE, Message.done_at.is_(None)))
        assert asked.all() == ['{"ideas_after": 1}']

    run_once(app, now=NOON)
    with app.app_context():
        assert index_is_right(app)
        (number,) = db.session.scalars(select(Idea.id).where(Idea.title == "No fax"))
        assert found(cast, "faxes") == [number]
        with writing():
            imports.undo(db.session.scalars(select(IdeaImport.id)).one(), now=NOON)
        assert found(cast, "fax") == [] and index_is_right(app)

    run_once(app, now=NOON)
    with app.app_context():
        assert db.session.scalars(select(SearchEntry.ref)).all() == [1]


def test_a_run_for_some_ideas_leaves_the_others_to_the_hour(app: Flask, cast: Cast) -> None:
    with app.app_context():
        first, second = said(cast.asha, "The zebra form is wrong"), said(cast.asha, "The giraffe form is wrong")
        with writing():
            db.session.execute(delete(table_of(SearchEntry)))
            outbox.emit(COMPLETE, {"ideas_after": first}, now=NOON)
            outbox.emit(
                COMPLETE, {}, now=NOON, unique_key=dict(due(NOON))[COMPLETE], available_at=NOON.replace(hour=23)
            )
    run_once(app, now=NOON)

    with app.app_context():
        assert db.session.scalars(select(SearchEntry.ref)).all() == [second]
