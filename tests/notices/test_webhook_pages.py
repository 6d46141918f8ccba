"""Webhooks on pages and in the interface: for administrators, and the secret once."""

import re
from typing import Any

from flask import Flask

from portal.db import db
from portal.notices.webhook_models import Delivery, Receiver
from portal.notices.webhook_rules import EVENTS
from portal.worker import run_once
from tests.api.calling import Caller, error
from tests.factories import Cast, send, signed_in
from tests.notices.receiving import is_signed, open_for, receiver

FORM = {"name": "Data lake", "url": "https://hooks.example.org/x", "place": "0", "events": ["idea.promoted"]}
AT = "/settings/webhooks"


def test_an_administrator_sets_one_up_tests_it_and_reads_the_log(app: Flask, cast: Cast) -> None:
    tess = signed_in(app, cast.tess)
    with receiver(body=b"<script>alert(1)</script>") as there:
        open_for(app, there)
        made = send(tess, AT, **FORM | {"url": there.url})
        secret = re.search(r'value="(whsec_[^"]+)"', made.text)
        assert secret is not None and secret[1] not in tess.get(f"{AT}/1").text
        assert "Data lake" in tess.get(AT).text and "Runs" in tess.get(AT).text
        assert send(tess, f"{AT}/1/test").status_code == 303
        run_once(app)

        assert is_signed(*there.got[0], secret[1])
        log = tess.get(f"{AT}/1").text
        assert "Taken (200)" in log and "&lt;script&gt;" in log and "<script>alert" not in log
        for verb, words in (
            ("pause", "Paused by an administrator"),
            ("resumption", "Runs"),
            ("secret", "two signatures"),
        ):
            done = send(tess, f"{AT}/1/{verb}")
            assert words in (done.text if verb == "secret" else tess.get(f"{AT}/1").text)
        assert "signs as well" in tess.get(f"{AT}/1").text
        changed = send(tess, f"{AT}/1", **FORM | {"name": "Lake", "url": there.url, "place": str(cast.places["Leeds"])})
        assert changed.status_code == 303 and "Lake" in tess.get(AT).text and "Leeds" in tess.get(AT).text
        assert send(tess, f"{AT}/1/removal").status_code == 303
        assert tess.get(f"{AT}/1").status_code == 404 and "Lake" not in tess.get(AT).text


def test_what_was_typed_stays_when_it_is_refused(app: Flask, cast: Cast) -> None:
    tess = signed_in(app, cast.tess)
    for over, status, words in (
        ({"url": "https://127.0.0.1/mine"}, 422, "leads inside our own network"),
        ({"url": "http://hooks.example.org/mine"}, 422, "must begin with https"),
        ({"name": ""}, 422, "Say what it is."),
        ({"events": []}, 422, "Tick at least one event."),
        ({"place": "77777"}, 422, "Not a valid choice"),
    ):
        answer = send(tess, AT, **FORM | over)
        assert (answer.status_code, words in answer.text) == (status, True), over
        assert over.get("url", FORM["url"]) in answer.text
    assert send(tess, AT, **FORM, paused_at="x").status_code == 422
    with app.app_context():
        assert db.session.query(Receiver).count() == 0


def test_nobody_else_sees_or_changes_webhooks(app: Flask, cast: Cast) -> None:
    send(signed_in(app, cast.tess), AT, **FORM)
    for person in (cast.asha, cast.mia, cast.vic, cast.lea):
        client, program = signed_in(app, person), Caller(app, person)
        assert client.get(AT).status_code == client.get(f"{AT}/1").status_code == 403
        assert send(client, AT, **FORM).status_code == 403
        for verb in ("pause", "resumption", "test", "secret", "removal"):
            assert send(client, f"{AT}/1/{verb}").status_code == 403
        assert error(program.get("/webhooks")) == (403, "not_allowed")
    narrow = Caller(app, cast.tess, "webhooks:read")
    assert narrow.get("/webhooks").status_code == 200 and error(narrow.post("/webhooks", {})) == (403, "scope")


def test_a_program_does_the_same_and_the_secret_is_never_kept(app: Flask, cast: Cast) -> None:
    tess = Caller(app, cast.tess)
    body: dict[str, Any] = {"name": "Chat", "url": "https://hooks.example.org/chat", "events": list(EVENTS)}
    first, again = (tess.post("/webhooks", body, key="one") for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json is not None and again.json is not None
    assert first.json["secret"].startswith("whsec_") and again.json == first.json | {"secret": None}
    number = first.json["receiver"]["number"]
    assert tess.get(f"/webhooks/{number}").json == first.json["receiver"] == tess.all("/webhooks")[0]

    stale = tess.put(f"/webhooks/{number}", body, headers={"If-Match": '"old"'})
    assert error(stale) == (412, "changed_meanwhile")
    place = cast.places["Durban"]
    changed = tess.put(f"/webhooks/{number}", body | {"place": place})
    assert changed.status_code == 200 and changed.json is not None and changed.json["place"] == place
    assert tess.post(f"/webhooks/{number}/pause").json["paused_because"] == "by_hand"  # type: ignore[index]
    for path, code in (("pause", "already_paused"), ("test", "receiver_paused")):
        assert error(tess.post(f"/webhooks/{number}/{path}")) == (409, code)
    assert tess.post(f"/webhooks/{number}/resumption").json["paused_at"] is None  # type: ignore[index]
    assert error(tess.post(f"/webhooks/{number}/resumption")) == (409, "not_paused")
    assert [tess.post(f"/webhooks/{number}/test").status_code for _ in range(3)] == [202] * 3
    assert len(tess.all(f"/webhooks/{number}/deliveries", limit=2)) == 3
    assert tess.post(f"/webhooks/{number}/secret").json["secret"] != first.json["secret"]  # type: ignore[index]
    assert error(tess.post(f"/webhooks/{number}/secret")) == (409, "secret_just_made")
    for over, code in (({"url": "https://10.0.0.1/"}, "address_not_public"), ({"events": ["x"]}, "unknown_event"),
                       ({"place": cast.places["Leeds/Billing"]}, "unknown_place")):  # fmt: skip
        assert error(tess.post("/webhooks", body | over)) == (422, code)
    assert tess.delete(f"/webhooks/{number}").status_code == 204
    assert error(tess.get(f"/webhooks/{number}/deliveries")) == (404, "not_found")
    with app.app_context():
        assert db.session.query(Delivery).filter(Delivery.done_at.is_(None)).count() == 0
        assert db.session.execute(db.text("SELECT count(*) FROM kept_answers WHERE body LIKE '%whsec_%'")).scalar() == 0


def test_the_list_costs_the_same_however_many_there_are(app: Flask, cast: Cast) -> None:
    from tests.counting import counted

    tess = Caller(app, cast.tess)
    costs = []
    for size in (1, 5):
        while len(tess.all("/webhooks")) < size:
            tess.post("/webhooks", {"name": "x", "url": "https://hooks.example.org/", "events": ["idea.promoted"]})
        with counted(app) as statements:
            tess.get("/webhooks")
        costs.append(len(statements))
    assert costs[0] == costs[1]
