"""Keys on pages: made with the password, shown once, revoked by their person or by an administrator."""

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.app import create_app
from portal.db import db
from portal.people.models import ApiToken, AuditEntry
from tests.api.calling import Caller
from tests.databases import test_config as config_for
from tests.factories import Cast, send, signed_in
from tests.people.entering import PASSWORD, give_password


def make(client: Any, **over: Any) -> Any:
    form = {"name": "Weekly report", "days": "30", "scopes": ["self:read", "wallet:read"]} | over
    return send(client, "/me/keys", **form)


def secret_in(answer: Any) -> str:
    found = re.search(r'value="(sayso_\w+)"', answer.text)
    assert found
    return found[1]


def keys(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(ApiToken.id))) or 0


def test_a_key_is_shown_once_and_works(app: Flask, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = signed_in(app, cast.asha)

    made = make(client)
    secret = secret_in(made)
    program = app.test_client(use_cookies=False)
    answer = program.get("/api/v1/self", headers={"Authorization": f"Bearer {secret}"})

    assert made.status_code == 200 and made.headers["Cache-Control"] == "no-store"
    assert f'Authorization: Bearer {secret}"' in made.text.replace("&#34;", '"')
    assert answer.json["scopes"] == ["self:read", "wallet:read"]
    page = client.get("/me/keys").text
    assert "Weekly report" in page and f"{secret[:10]}…{secret[-4:]}" in page and secret[10:-4] not in page
    assert secret[10:-4] not in caplog.text


def test_whoever_has_a_password_types_it_again(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    client = signed_in(app, cast.asha)

    without, wrong = make(client), make(client, current_password="tin umbrella")
    right = make(client, current_password=PASSWORD)

    assert (without.status_code, wrong.status_code, right.status_code) == (422, 422, 200)
    assert "That is not your current password." in wrong.text and "Weekly report" in wrong.text
    assert keys(app) == 1


def test_guessing_the_password_there_is_slowed_down(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    client = signed_in(app, cast.asha)

    statuses = [make(client, current_password="tin umbrella").status_code for _ in range(6)]

    assert statuses == [422] * 5 + [429]
    assert make(client, current_password=PASSWORD).status_code == 429


@pytest.mark.parametrize(
    ("over", "sentence"),
    [({"name": ""}, "Say what the key is for."), ({"scopes": []}, "Tick at least one thing"),
     ({"scopes": ["everything"]}, "valid choice"), ({"days": "3660"}, "Not a valid choice"),
     ({"name": "two\nlines"}, "one line")],
)  # fmt: skip
def test_what_is_missing_is_said_and_the_rest_is_kept(
    app: Flask, cast: Cast, over: dict[str, Any], sentence: str
) -> None:
    answer = make(signed_in(app, cast.asha), **over)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert keys(app) == 0


def test_the_preset_ticks_what_only_reads(app: Flask, cast: Cast) -> None:
    page = signed_in(app, cast.asha).get("/me/keys?tick=read").text
    boxes = re.findall(r"<input[^>]*name=\"scopes\"[^>]*>", page)

    ticked = {re.search(r'value="([^"]+)"', box)[1] for box in boxes if " checked" in box}  # type: ignore[index]
    assert ticked and all(scope.endswith(":read") for scope in ticked)
    assert len(ticked) < len(boxes)


def test_only_scopes_that_a_person_can_use_are_offered(app: Flask, cast: Cast) -> None:
    asha, tess = (signed_in(app, who).get("/me/keys").text for who in (cast.asha, cast.tess))

    assert 'value="ledger:read"' not in asha and 'value="ledger:read"' in tess
    assert make(signed_in(app, cast.asha), scopes=["ledger:read"]).status_code == 422


def test_a_key_is_revoked_by_its_person_and_by_nobody_else(app: Flask, cast: Cast) -> None:
    caller, client = Caller(app, cast.asha), signed_in(app, cast.asha)

    theirs = send(signed_in(app, cast.bo), f"/me/keys/{caller.number}/revocation")
    still = caller.get("/self")
    mine = send(client, f"/me/keys/{caller.number}/revocation")

    assert (theirs.status_code, still.status_code, mine.status_code) == (404, 200, 303)
    assert caller.get("/self").status_code == 401
    page = client.get("/me/keys").text
    assert "1 that has ended" in page and "/revocation" not in page


def test_an_administrator_sees_and_revokes_the_keys_of_a_person(app: Flask, cast: Cast) -> None:
    caller, tess = Caller(app, cast.asha), signed_in(app, cast.tess)

    page = tess.get(f"/people/{cast.asha}").text
    refused = send(signed_in(app, cast.mia), f"/people/{cast.asha}/keys/{caller.number}/revocation")
    revoked = send(tess, f"/people/{cast.asha}/keys/{caller.number}/revocation")

    assert f"/people/{cast.asha}/keys/{caller.number}/revocation" in page
    assert "/keys/" not in signed_in(app, cast.mia).get(f"/people/{cast.asha}").text
    assert (refused.status_code, revoked.status_code) == (403, 303)
    assert caller.get("/self").status_code == 401
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "token.revoked")).one()
    assert entry.actor_id == cast.tess


def test_too_many_keys_are_refused_with_everything_typed(app: Flask, cast: Cast) -> None:
    for _ in range(20):
        Caller(app, cast.asha)

    answer = make(signed_in(app, cast.asha))

    assert answer.status_code == 409
    assert "Nobody needs more than 20 keys" in answer.text and "Weekly report" in answer.text


def test_keys_are_not_made_without_end(database_url: str, tmp_path: Path, cast: Cast) -> None:
    limited = create_app(config_for(database_url, tmp_path, rate_limits=True))
    client = signed_in(limited, cast.asha)

    statuses = [make(client, name="").status_code for _ in range(21)]

    with limited.app_context():
        db.engine.dispose()
    assert statuses == [422] * 20 + [429]
