"""A POST sent twice is done once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.ideas.models import Idea
from portal.people import once
from portal.people.models import KeptAnswer
from portal.web.api import PREFIX
from portal.web.api_document import operations
from tests.api.calling import Caller
from tests.factories import Cast

SAY = {"say": "Let us waive the second fee when we caused the first one."}


def ideas(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Idea)) or 0


def test_the_same_key_is_answered_the_same_and_marked(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)

    first, again = caller.post("/ideas", SAY, key="k1"), caller.post("/ideas", SAY, key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert ideas(app) == 1


def test_the_same_key_with_other_words_is_refused(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)
    caller.post("/ideas", SAY, key="k1")

    answer = caller.post("/ideas", {"say": "Something else altogether."}, key="k1")

    assert (answer.status_code, answer.json["error"]) == (409, "idempotency_mismatch")  # type: ignore[index]


def test_a_key_belongs_to_one_person(app: Flask, cast: Cast) -> None:
    Caller(app, cast.asha).post("/ideas", SAY, key="k1")

    answer = Caller(app, cast.bo).post("/ideas", SAY, key="k1")

    assert answer.status_code == 201
    assert ideas(app) == 2


def test_a_refused_request_leaves_its_key_unused(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)
    with_number = {"say": "Call me on 0161 496 0123 about this, it is about my own account."}

    refused = caller.post("/ideas", with_number, key="k1")
    sent = caller.post("/ideas", with_number | {"insist": True}, key="k1")

    assert (refused.status_code, refused.json["error"]) == (422, "personal_data")  # type: ignore[index]
    assert sent.status_code == 201


def test_a_key_that_is_none_is_refused(app: Flask, cast: Cast) -> None:
    answer = Caller(app, cast.asha).post("/ideas", SAY, key="two words")

    assert (answer.status_code, answer.json["error"]) == (400, "bad_idempotency_key")  # type: ignore[index]


def test_every_operation_refuses_a_key_that_is_none(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)
    paths = [path.removeprefix(PREFIX) for method, path, _ in operations(app) if method == "POST"]
    posts = [re.sub(r"{[^}]+}", "1", path.replace("{code}", "csat")) for path in paths]

    answers = {path: caller.post(path, {}, key="two words") for path in posts}

    assert len(posts) > 50
    assert {path for path, answer in answers.items() if answer.status_code != 400} == set()
    assert {answer.json["error"] for answer in answers.values()} == {"bad_idempotency_key"}  # type: ignore[index]


def test_forty_at_once_with_one_key_are_one_idea(fresh_app: Flask, cast: Cast) -> None:
    caller = Caller(fresh_app, cast.asha)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: caller.post("/ideas", SAY, key="k1"), range(40)))

    assert {answer.status_code for answer in answers} == {201}
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 39
    assert ideas(fresh_app) == 1


def test_fifty_with_keys_of_their_own_are_fifty(fresh_app: Flask, cast: Cast) -> None:
    caller = Caller(fresh_app, cast.asha)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: caller.post("/ideas", SAY, key=f"k{number}"), range(50)))

    assert {answer.status_code for answer in answers} == {201}
    assert ideas(fresh_app) == 50


def test_after_a_day_a_key_is_free_again(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)
    caller.post("/ideas", SAY, key="k1")
    with app.app_context(), writing():
        db.session.scalars(select(KeptAnswer)).one().at = clock.now() - timedelta(hours=25)

    caller.post("/ideas", SAY, key="k1")

    assert ideas(app) == 2


def test_old_answers_are_forgotten(app: Flask, cast: Cast) -> None:
    Caller(app, cast.asha).post("/ideas", SAY, key="k1")
    with app.app_context(), writing():
        forgotten = once.forget_old(now=clock.now() + timedelta(hours=25))

    assert forgotten == 1
