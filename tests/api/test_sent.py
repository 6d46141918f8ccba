"""What a stranger's program sends by mistake: each is refused, and the sentence says what to mend."""

import json
from typing import Any

import pytest
from flask import Flask

from tests.api.calling import Caller, error
from tests.factories import Cast

SAY = {"say": "I may not say sorry without asking first."}


@pytest.mark.parametrize(
    "body, reason",
    [
        ('{"say": "abc", "say": "def"}', "a name stands twice"),
        ('{"say": NaN}', "NaN is not JSON"),
        ('{"say": "abc",}', "line 1 column"),
        ('{"say": "\\ud800abc"}', "half a character"),
        ('{"say": "\\u0000abc"}', "NUL"),
        ("\ufeff" + json.dumps(SAY), "byte order mark"),
        (json.dumps(SAY).encode("utf-16"), "UTF-8"),
        (b'{"say": "abc\xff"}', "UTF-8"),
        ('{"say": "abc", "site": ' + "9" * 6000 + "}", "too many digits"),
        ("[" * 40 + "]" * 40, "32 deep"),
        ("", "line 1 column 1"),
    ],
)
def test_json_that_cannot_be_read_is_400_with_the_reason(app: Flask, cast: Cast, body: Any, reason: str) -> None:
    answer = Caller(app, cast.asha).call("POST", "/ideas", data=body, content_type="application/json")

    assert error(answer) == (400, "bad_request")
    assert reason in answer.json["message"]  # type: ignore[index]


@pytest.mark.parametrize(
    "kind, more",
    [
        ("text/plain", {}),
        ("application/x-www-form-urlencoded", {}),
        ("application/json; charset=latin-1", {}),
        ("application/json", {"Content-Encoding": "gzip"}),
    ],
)
def test_415_says_what_would_be_accepted(app: Flask, cast: Cast, kind: str, more: dict[str, str]) -> None:
    answer = Caller(app, cast.asha).call("POST", "/ideas", data="{}", content_type=kind, headers=more)

    assert error(answer) == (415, "unsupported_media_type")
    assert any(word in answer.json["message"] for word in ("application/json", "UTF-8", "Compressed"))  # type: ignore[index]


@pytest.mark.parametrize("value", ["text", json.dumps(SAY), 5, [], None])
def test_json_that_is_no_object_is_no_body_even_if_it_holds_one(app: Flask, cast: Cast, value: Any) -> None:
    answer = Caller(app, cast.asha).call("POST", "/ideas", data=json.dumps(value), content_type="application/json")

    assert error(answer) == (422, "invalid")
    assert answer.json["message"] == "body: Input should be an object."  # type: ignore[index]


@pytest.mark.parametrize("say", ["   ", "abc\u202edef"])
def test_a_sentence_of_ours_is_a_sentence(app: Flask, cast: Cast, say: str) -> None:
    answer = Caller(app, cast.asha).post("/ideas", {"say": say})

    assert error(answer) == (422, "invalid")
    assert answer.json["message"].startswith("say: There ")  # type: ignore[index]
    assert not answer.json["message"].endswith("..")  # type: ignore[index]


def test_what_stands_behind_a_question_mark_is_never_passed_over(app: Flask, cast: Cast) -> None:
    asha = Caller(app, cast.asha)

    for answer in (asha.get("/self?fields=name"), asha.post("/ideas?dry_run=true", SAY), asha.get("/ideas?offset=3")):
        assert error(answer) == (422, "invalid")
    assert asha.get("/self?fields=name").json["fields"] == {"fields": "Extra inputs are not permitted"}  # type: ignore[index]
    assert asha.get("/ideas?mine=true").json["items"] == []  # type: ignore[index]


def test_if_match_is_never_passed_over(app: Flask, cast: Cast) -> None:
    asha, mark = Caller(app, cast.asha), {"If-Match": '"other"'}
    number = asha.post("/ideas", SAY).json["number"]  # type: ignore[index]

    assert error(asha.put(f"/ideas/{number}/follow", None, headers=mark)) == (400, "if_match_not_taken")
    assert error(asha.post("/ideas", SAY, headers=mark)) == (400, "if_match_not_taken")
    assert error(asha.patch(f"/ideas/{number}", SAY, headers=mark)) == (412, "changed_meanwhile")
    assert error(asha.get(f"/ideas/{number}", headers=mark)) == (412, "changed_meanwhile")


def test_settings_of_all_are_changed_only_by_who_has_read_them_as_they_are(app: Flask, cast: Cast) -> None:
    tess = Caller(app, cast.tess)
    hours = {"zone": "UTC", "weekdays": [0, 1], "opens": "08:00", "closes": "16:00"}
    read = tess.get("/places/1/calendar").headers["ETag"]

    assert tess.put("/places/1/calendar", hours, headers={"If-Match": read}).status_code == 200
    assert error(tess.put("/places/1/calendar", hours, headers={"If-Match": read})) == (412, "changed_meanwhile")


def test_a_scope_that_is_missing_is_named_as_bearer_keys_name_it(app: Flask, cast: Cast) -> None:
    answer = Caller(app, cast.asha, "ideas:read").post("/ideas", SAY)

    assert error(answer) == (403, "scope")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Sayso", error="insufficient_scope", scope="ideas:write"'
