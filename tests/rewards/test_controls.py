"""What keeps points honest, on pages and over the interface: budgets, reversals, velocity, refusals, settings."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.people import service as people
from portal.people.models import AuditEntry, Person, Place
from portal.people.roles import Role
from portal.rewards import reversals, velocity
from portal.rewards import service as rewards
from portal.rewards.models import Award, Settings
from portal.rewards.queries import wallet_points
from portal.rewards.rules import Payee, Share
from portal.rewards.settings_rules import RewardSettings, as_json
from portal.rewards.velocity_rules import Move, Pair, outliers, pairs, rings
from tests.api.calling import Caller, error
from tests.factories import NOON, Cast, send, signed_in
from tests.rewards.giving import kept, open_budget, promoted

NUMBER = 90210
BAD = (-5, 0, 1.5, "5", True, 1e3, 2**63, 10**30, None, "٥")
PAGES = ("/budgets", "/rewards/controls", "/rewards/settings", "/programme", "/wallet")
READS = ("/budgets", "/liability", "/budgets/asks", "/awards", "/reversals", "/velocity", "/points-refusals",
         "/reward-settings", "/reward-settings/versions", "/ledger", "/wallet")  # fmt: skip


def test_pairs_rings_and_outliers() -> None:
    moves = [Move(1, 2, 50), Move(1, 2, 50), Move(1, 2, 60), Move(2, 1, 5), Move(3, 4, 5), Move(4, 5, 5), Move(5, 3, 5)]

    assert pairs(moves) == [Pair(1, 2, 3, 160)]
    assert rings(moves) == [(1, 2), (3, 4, 5)]
    assert [one.key for one in outliers({number: 100 + number for number in range(9)} | {99: 900})] == [99]
    assert outliers(dict.fromkeys(range(9), 100) | {99: 120}) == []
    assert outliers({1: 5, 2: 9000}) == []


def test_the_report_names_who_awards_whom_and_nobody_hidden(context: Flask, cast: Cast) -> None:
    now = NOON + timedelta(days=1)
    with writing():
        open_budget(100_000)
        for number in range(3):
            kept(number, [Payee(cast.olu, Share.IMPLEMENTER, False), Payee(cast.asha, Share.AUTHOR, True)],
                 confirmed_by=cast.vic, now=now)  # fmt: skip
        kept(50, [Payee(cast.vic, Share.IMPLEMENTER, False)], confirmed_by=cast.olu, now=now)
        for number, voter in enumerate(cast.voters[3:12]):
            kept(100 + number, [Payee(voter, Share.HELPER, False)], confirmed_by=cast.tess, now=now)

    found = velocity.report(now=now + timedelta(days=80))

    assert [(one.giver, one.taker, one.times, one.points) for one in found.pairs] == [("Vic", "Olu", 3, 300)]
    assert found.rings == [("Olu", "Vic")]
    assert {(one.kind, one.name) for one in found.outliers} == {("person", "Olu")}
    assert velocity.report(now=now + timedelta(days=99)).pairs == []


def test_a_budget_goes_from_asking_to_paying_over_the_interface(app: Flask, cast: Cast) -> None:
    mia, tess, asha = (Caller(app, one) for one in (cast.mia, cast.tess, cast.asha))
    today = clock.now().date()
    body = {"name": "Spring", "points": 1000, "first_day": str(today - timedelta(days=2)),
            "last_day": str(today + timedelta(days=90)), "reason": "Awards"}  # fmt: skip

    asked = mia.post("/budgets/asks", body)
    own = mia.post(f"/budgets/asks/{asked.json['number']}/decision", {"agreed": True}, key="a")  # type: ignore[index]
    keyless = tess.post(f"/budgets/asks/{asked.json['number']}/decision", {"agreed": True})  # type: ignore[index]
    done = [tess.post(f"/budgets/asks/{asked.json['number']}/decision", {"agreed": True}, key="a") for _ in range(2)]  # type: ignore[index]

    assert (asked.status_code, error(own), error(keyless)) == (
        201,
        (403, "second_person"),
        (400, "idempotency_key_needed"),
    )
    assert [one.status_code for one in done] == [200, 200] and done[1].headers["Idempotency-Replayed"] == "true"
    assert error(asha.get("/budgets")) == (403, "not_allowed")
    gift = {"person": cast.asha, "points": 40, "sentence": "Ran the trial."}
    given = [mia.post("/awards", gift, key="g") for _ in range(2)]
    assert [one.json for one in given] == [given[0].json] * 2 and given[0].json["paid"] is True  # type: ignore[index]
    assert error(mia.post("/awards", gift | {"person": cast.mia}, key="h")) == (403, "self_award")
    assert error(mia.post("/awards", gift | {"points": 961}, key="h")) == (409, "budget_exceeded")
    assert error(mia.post("/awards", gift | {"points": 41}, key="g")) == (409, "idempotency_mismatch")
    for bad in BAD:
        assert error(mia.post("/awards", gift | {"points": bad}, key="h")) == (422, "amount_not_positive_integer")
    assert mia.post("/awards", gift | {"points": float("nan")}, key="h").status_code == 400  # that is no JSON
    assert asha.get("/wallet").json["points"] == 40  # type: ignore[index]
    assert mia.get("/liability").json == {"outstanding": 40, "wallets": 40, "set_aside": 0, "waiting": 0,
                                          "waiting_awards": 0, "left": 960}  # fmt: skip
    (budget,) = mia.all("/budgets")
    more = mia.post(f"/budgets/{budget['number']}/asks", {"points": 5, "reason": "More"})
    assert more.status_code == 201 and [one["state"] for one in mia.all("/budgets/asks", limit=1)] == [
        "asked",
        "approved",
    ]


def test_every_no_is_seen_by_the_auditor_and_nothing_else_was_written(app: Flask, cast: Cast) -> None:
    mia, auditor = Caller(app, cast.mia), Caller(app, _auditor(app, cast))
    with app.app_context(), writing():
        open_budget(now=clock.now())

    mia.post("/awards", {"person": cast.mia, "points": 40, "sentence": "Me."}, key="h")
    send(signed_in(app, cast.mia), "/budgets/give", person="mia@harbour.example", points="40", sentence="Me.", key="x")

    seen = auditor.all("/points-refusals")
    page = signed_in(app, cast.di).get("/rewards/controls").text
    assert [(one["action"], one["code"], one["by"], one["subject"]) for one in seen] == [
        ("points.give", "self_award", "Mia", f"person:{cast.mia}")
    ] * 2
    assert page.count("self_award") == 2
    with app.app_context():
        assert db.session.query(Award).count() == 0
        assert db.session.query(AuditEntry).filter_by(outcome="refused").count() == 2
    assert signed_in(app, cast.mia).get("/rewards/controls").text.count("self_award") == 0


def test_an_award_is_taken_back_over_interface_and_page(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        open_budget(now=clock.now())
        (first,) = kept(1, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic, now=clock.now())
        (second,) = kept(2, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic, now=clock.now())
        numbers = first.id, second.id
    mia = Caller(app, cast.mia)

    done = mia.post(f"/awards/{numbers[0]}/reversal", {"reason": "Made up."}, key="r")
    again = mia.post(f"/awards/{numbers[0]}/reversal", {"reason": "Made up."}, key="s")
    client = signed_in(app, cast.mia)
    page = send(client, "/rewards/controls", award=str(numbers[1]), reason="Made up too.")
    wrong = send(client, "/rewards/controls", award=str(numbers[1]), reason="Made up too.")

    assert (done.status_code, done.json["state"], error(again)) == (201, "done", (409, "taken_back_already"))  # type: ignore[index]
    assert (page.status_code, wrong.status_code) == (303, 409) and "taken back" in wrong.text
    assert [one["taken"] for one in mia.all("/reversals")] == [200, 200]
    assert [one["reversal"] for one in mia.all("/awards")] == ["done", "done"]
    statement = signed_in(app, cast.asha).get("/wallet").text
    assert "Made up." in statement and "Made up too." in statement and "−200" in statement


def test_settings_are_changed_on_the_page_and_over_the_interface(app: Flask, cast: Cast) -> None:
    mia, client = Caller(app, cast.mia), signed_in(app, cast.mia)
    now = mia.get("/reward-settings").json
    assert now is not None
    body = {name: value for name, value in now.items() if name not in ("version", "at", "by")} | {"based_on": 3}

    older = {event: shares for event, shares in body["policy"].items() if event != "shift_hosted"}

    changed = mia.put(
        "/reward-settings", body | {"policy": older, "cents_per_point": 5, "tax_note": "Payroll adds this."}
    )
    stale = mia.put("/reward-settings", body)
    html = client.get("/rewards/settings").text
    form = dict(re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', html))
    chosen = r'<select[^>]*name="([^"]+)".*?selected value="(\d+)"'
    form |= dict(re.findall(chosen, html, re.S))
    form.pop("csrf_token")
    page = send(client, "/rewards/settings", **form | {"cap_idea": "999", "promise_kept-author": "100"})
    wrong = send(client, "/rewards/settings", **form | {"cap_idea": "0"})

    assert (changed.status_code, changed.json["version"], error(stale)) == (200, 101, (409, "settings_changed"))  # type: ignore[index]
    assert (page.status_code, wrong.status_code) == (303, 422)
    assert changed.json["policy"] == body["policy"]  # type: ignore[index]
    assert "A visitor was looked after for a shift" in html
    newest = mia.get("/reward-settings").json
    assert newest is not None and (newest["version"], newest["cap_idea"], newest["cents_per_point"]) == (102, 999, 5)
    assert newest["policy"]["promise_kept"]["author"] == 100
    assert [one["version"] for one in mia.all("/reward-settings/versions", limit=1)] == [102, 101]
    assert "Payroll adds this." in signed_in(app, cast.asha).get("/wallet").text


def test_pages_of_a_budget_from_asking_to_approving(app: Flask, cast: Cast) -> None:
    mia, tess = signed_in(app, cast.mia), signed_in(app, cast.tess)
    today = clock.now().date()
    form = {"name": "Spring", "points": "1000", "first_day": str(today - timedelta(days=2)),
            "last_day": str(today + timedelta(days=90)), "reason": "Awards"}  # fmt: skip

    asked = send(mia, "/budgets", **form)
    wrong = send(mia, "/budgets", **form | {"points": "1e3"})
    past = send(mia, "/budgets", **form | {"last_day": "2020-01-01"})
    own = send(mia, "/budgets/asks/1", agreed="yes")
    approved = send(tess, "/budgets/asks/1", agreed="yes")
    more = send(mia, "/budgets/1/more", points="50", reason="More")
    given = send(mia, "/budgets/give", person="asha@harbour.example", points="40", sentence="Ran it.", key="k1")
    nobody = send(mia, "/budgets/give", person="nobody", points="40", sentence="Ran it.", key="k2")

    assert [one.status_code for one in (asked, wrong, past, own, approved, more, given, nobody)] == [
        303, 422, 422, 403, 303, 303, 303, 422]  # fmt: skip
    page = mia.get("/budgets").text
    assert "Spring" in page and "Tess" in page and "960" in page and "Waits for somebody else" in page
    assert signed_in(app, cast.asha).get("/budgets").status_code == 403


@pytest.mark.parametrize("after", ["pending", "paid", "taken back"])
def test_no_page_or_answer_shows_a_hidden_author_beside_what_they_were_paid_for(
    app: Flask, cast: Cast, after: str
) -> None:
    auditor = _auditor(app, cast)
    with app.app_context():
        with writing():
            db.session.add(
                Settings(version=101, values=as_json(RewardSettings(cents_per_point=5)), at=NOON, by_id=None)
            )
            open_budget()
            promoted(NUMBER, cast.asha, hidden=True)
            for number, voter in enumerate(cast.voters[4:9]):
                promoted(number, voter, hidden=True)
        if after != "pending":
            with writing():
                rewards.pay_hidden_batch(now=NOON + timedelta(days=7))
        if after == "taken back":
            with writing():
                why = f"Number {NUMBER} is open again."
                reversals.take_back("idea_promoted", f"idea:{NUMBER}", why, NOON + timedelta(days=8))
        assert wallet_points(cast.asha) == (0 if after == "pending" else 50)

    for person in (auditor, cast.tess, cast.mia, cast.vic, cast.bo):
        client, caller = signed_in(app, person), Caller(app, person)
        found = [client.get(path).text for path in PAGES] + [caller.get(path).text for path in READS]
        assert str(NUMBER) not in caller.get("/audit?limit=100").text
        assert not [text for text in found if "Asha" in text or f"person:{cast.asha}" in text]
    own = signed_in(app, cast.asha).get("/wallet").text
    assert f"number {NUMBER}" in own.lower()


def _auditor(app: Flask, cast: Cast) -> int:
    with app.app_context(), writing():
        person, place = db.session.get(Person, cast.di), db.session.get(Place, cast.places["Harbour"])
        assert person is not None and place is not None
        people.grant(person, Role.AUDITOR, place, by_id=None, now=NOON)
    return cast.di
