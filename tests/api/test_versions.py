"""If-Match and ETag: who has read an older version changes nothing, also where several come at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from portal import clock
from tests.api.calling import Caller, error
from tests.factories import Cast
from tests.ideas.making import said


@pytest.mark.slow
def test_of_many_who_have_read_the_same_version_one_changes_the_words(fresh_app: Flask, cast: Cast) -> None:
    with fresh_app.app_context():
        number = said(cast.asha, now=clock.now())
    asha = Caller(fresh_app, cast.asha)
    path = f"/ideas/{number}"
    mark = {"If-Match": asha.get(path).headers["ETag"]}

    answers = at_once(lambda turn: asha.patch(path, {"say": f"Words of turn {turn}"}, headers=mark))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 19}


@pytest.mark.slow
def test_of_many_who_have_read_the_same_version_one_sorts(fresh_app: Flask, cast: Cast) -> None:
    with fresh_app.app_context():
        number = said(cast.asha, now=clock.now())
    asha = Caller(fresh_app, cast.asha)
    path = f"/ideas/{number}/sorting"
    read = asha.get(path)
    mark = {"If-Match": read.headers["ETag"]}

    answers = at_once(lambda turn: asha.put(path, read.json | {"title": f"Title {turn}"}, headers=mark))  # type: ignore[operator]

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 19}


@pytest.mark.slow
def test_of_many_who_have_read_the_same_preferences_one_changes_them(fresh_app: Flask, cast: Cast) -> None:
    asha = Caller(fresh_app, cast.asha)
    read = asha.get("/me/preferences")
    mark = {"If-Match": read.headers["ETag"]}

    def change(turn: int) -> Any:
        wanted = {name: read.json[name] for name in ("by_mail", "paces", "quiet_ends")} | {"quiet_begins": turn + 1}  # type: ignore[index]
        return asha.put("/me/preferences", wanted, headers=mark)

    answers = at_once(change)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 19}


@pytest.mark.parametrize(
    ("header", "refusal"),
    [*((header, (400, "bad_if_match")) for header in ("abc", ",", '"a" "b"', 'junk, "a"', "W/abc", ']"', '"abc')),
     *((header, (412, "changed_meanwhile")) for header in ("", " "))],  # a list of no versions matches none
)  # fmt: skip
def test_what_names_no_version_is_refused_and_changes_nothing(
    app: Flask, cast: Cast, header: str, refusal: tuple[int, str]
) -> None:
    with app.app_context():
        number = said(cast.asha, now=clock.now())
    asha = Caller(app, cast.asha)
    before = asha.get(f"/ideas/{number}").json

    answer = asha.patch(f"/ideas/{number}", {"say": "Other words than before"}, headers={"If-Match": header})

    assert error(answer) == refusal
    assert asha.get(f"/ideas/{number}").json == before


def at_once(call: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(call, range(20)))
