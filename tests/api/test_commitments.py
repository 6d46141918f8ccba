"""Promises over the interface: reading them, keeping them, and who may do which."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.commitments import queries
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState, Standing
from portal.db import db, writing
from portal.ideas.words import Audience
from tests.api.calling import Caller
from tests.commitments.factories import EVIDENCE, make_promise, make_promoted, viewer
from tests.counting import counted
from tests.factories import NOON, Cast, signed_in

REASON = {"reason": "The supplier delivers a week later than agreed."}


def today() -> date:
    return clock.now().date()


def promise(app: Flask, cast: Cast, state: str = "accepted", **over: Any) -> int:
    """A promise made just now, so that dates after today make sense."""
    values = {"now": clock.now(), "due_on": today() + timedelta(days=60)} | over
    with app.app_context(), writing():
        return make_promise(cast, state=CommitmentState(state), **values).id


def delivery(cast: Cast, **over: Any) -> dict[str, Any]:
    return {"live_from": today().isoformat(), "sites": [cast.places["Leeds"]], "evidence": EVIDENCE} | over


def test_a_promise_is_shown_with_everything_on_its_page(app: Flask, cast: Cast) -> None:
    number = promise(app, cast, "confirmed")

    shown = Caller(app, cast.asha).get(f"/commitments/{number}").json
    page = signed_in(app, cast.asha).get(f"/commitments/{number}").text

    assert shown is not None
    assert (shown["state"], shown["standing"], shown["may"], shown["hand_back"]) == ("confirmed", "kept", [], None)
    assert shown["said_by"] == "a colleague in Leeds" and shown["people_waiting"] == 12
    assert [one["by"]["name"] for one in shown["named_dates"]] == ["Vic"]
    done = shown["deliveries"][0]
    assert (done["by"]["name"], done["sites"][0]["name"]) == ("Olu", "Leeds")
    assert (done["look"]["by"]["name"], done["look"]["confirmed"]) == ("Vic", True)
    assert all(words in page for words in (shown["sentence"], shown["say"], done["evidence"], "12 people"))


def test_the_whole_way_of_a_promise(app: Flask, cast: Cast) -> None:
    number = promise(app, cast, "offered")
    olu, vic = Caller(app, cast.olu), Caller(app, cast.vic)
    later = (today() + timedelta(days=90)).isoformat()

    steps = [
        olu.post(f"/commitments/{number}/acceptance"),
        olu.post(f"/commitments/{number}/updates", {"body": "The parts are **ordered**."}),
        olu.post(f"/commitments/{number}/dates", {"due_on": later} | REASON),
        olu.post(f"/commitments/{number}/deliveries", delivery(cast)),
        vic.post(f"/commitments/{number}/send-backs", {"reason": "Leeds still has the old script."}),
        olu.post(f"/commitments/{number}/deliveries", delivery(cast)),
        vic.post(f"/commitments/{number}/confirmations", key="c1"),
    ]

    assert [(step.status_code, step.json["state"]) for step in steps] == [  # type: ignore[index]
        (201, "accepted"), (201, "accepted"), (201, "accepted"), (201, "delivered"), (201, "accepted"),
        (201, "delivered"), (201, "confirmed")]  # fmt: skip
    assert steps[2].json["due_on"] == later  # type: ignore[index]
    shown = vic.get(f"/commitments/{number}").json
    assert shown is not None
    assert [one["look"]["confirmed"] for one in shown["deliveries"]] == [False, True]
    assert (shown["updates"][0]["body"], len(shown["dates"])) == ("The parts are **ordered**.", 2)


def test_a_confirmation_moves_points_and_needs_a_key(app: Flask, cast: Cast) -> None:
    number = promise(app, cast, "delivered")
    vic = Caller(app, cast.vic)

    bare = vic.post(f"/commitments/{number}/confirmations")
    first, again = (vic.post(f"/commitments/{number}/confirmations", key="k") for _ in range(2))

    assert (bare.status_code, bare.json["error"]) == (400, "idempotency_key_needed")  # type: ignore[index]
    assert (first.status_code, again.status_code, first.json == again.json) == (201, 201, True)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_handing_back_works_for_an_owner_who_then_sees_nothing_of_it(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        idea = make_promoted(cast, audience=Audience.SITE, site_id=cast.places["Leeds"])
        number = make_promise(cast, idea=idea, state=CommitmentState.OFFERED, now=clock.now(),
                              due_on=today() + timedelta(days=9)).id  # fmt: skip
    olu = Caller(app, cast.olu)

    before = olu.get(f"/commitments/{number}")
    done = olu.post(f"/commitments/{number}/hand-back", {"reason": "This belongs to logistics, not to me."})

    assert before.status_code == 200 and before.json is not None
    assert before.json["may"] == ["accept", "hand_back"]
    assert (done.status_code, done.json["state"]) == (201, "handed_back")  # type: ignore[index]
    assert olu.get(f"/commitments/{number}").status_code == 404
    told = Caller(app, cast.vic).get(f"/commitments/{number}").json
    assert told["hand_back"]["reason"] == "This belongs to logistics, not to me."  # type: ignore[index]


VERBS = {"acceptance": None, "hand-back": REASON, "updates": {"body": "It moved."},
         "dates": REASON | {"due_on": "2027-01-01"}}  # fmt: skip


@pytest.mark.parametrize("verb", [*VERBS, "deliveries"])
def test_only_its_owner_moves_a_promise(app: Flask, cast: Cast, verb: str) -> None:
    number = promise(app, cast, "offered")

    answer = Caller(app, cast.vic).post(f"/commitments/{number}/{verb}", VERBS.get(verb, delivery(cast)))

    assert (answer.status_code, answer.json["error"]) == (403, "not_the_owner")  # type: ignore[index]


@pytest.mark.parametrize(
    ("state", "verb", "code"),
    [
        ("accepted", "acceptance", "already_accepted"), ("accepted", "hand-back", "already_accepted"),
        ("offered", "updates", "not_accepted"), ("confirmed", "updates", "already_confirmed"),
        ("delivered", "dates", "already_delivered"), ("handed_back", "acceptance", "handed_back"),
        ("delivered", "deliveries", "already_delivered"), ("offered", "deliveries", "not_accepted"),
    ],
)  # fmt: skip
def test_the_state_of_a_promise_forbids(app: Flask, cast: Cast, state: str, verb: str, code: str) -> None:
    number = promise(app, cast, state)

    answer = Caller(app, cast.olu).post(f"/commitments/{number}/{verb}", VERBS.get(verb, delivery(cast)))

    assert (answer.status_code, answer.json["error"]) == (409, code)  # type: ignore[index]


@pytest.mark.parametrize(
    ("who", "state", "status", "code"),
    [
        ("vic", "accepted", 409, "not_delivered"), ("vic", "confirmed", 409, "already_confirmed"),
        ("olu", "delivered", 403, "not_allowed"), ("asha", "delivered", 403, "not_allowed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["confirmations", "send-backs"])
def test_a_second_person_with_the_role_looks_at_what_is_delivered(
    app: Flask, cast: Cast, who: str, state: str, status: int, code: str, verb: str
) -> None:
    number = promise(app, cast, state)
    body = REASON if verb == "send-backs" else None

    answer = Caller(app, getattr(cast, who)).post(f"/commitments/{number}/{verb}", body, key="k")

    assert (answer.status_code, answer.json["error"]) == (status, code)  # type: ignore[index]


def test_an_owner_with_the_role_does_not_confirm_their_own(app: Flask, cast: Cast) -> None:
    number = promise(app, cast, "delivered")
    with app.app_context(), writing():
        db.session.get_one(Commitment, number).owner_id = cast.mia

    answer = Caller(app, cast.mia).post(f"/commitments/{number}/confirmations", key="k")

    assert (answer.status_code, answer.json["error"]) == (403, "second_person")  # type: ignore[index]


@pytest.mark.parametrize(
    ("verb", "over", "code"),
    [
        ("dates", {"due_on": "2020-01-01"}, "date_not_after_today"),
        ("dates", {"due_on": "9999-12-31"}, "date_too_far"),
        ("dates", {"due_on": None}, "same_date"),
        ("deliveries", {"live_from": "9999-12-31"}, "live_in_future"),
        ("deliveries", {"live_from": "0001-01-01"}, "live_too_early"),
        ("deliveries", {"sites": [2_000_000_000]}, "unknown_site"),
        ("deliveries", {"sites": []}, "invalid"),
        ("updates", {"body": "\u202esdrawkcab"}, "invalid"),
        ("updates", {"body": "fine", "extra": 1}, "invalid"),
    ],
)
def test_what_cannot_be_said_is_refused(app: Flask, cast: Cast, verb: str, over: dict[str, Any], code: str) -> None:
    due = today() + timedelta(days=60)
    number = promise(app, cast, due_on=due)
    if over.get("due_on", "") is None:
        over = {"due_on": due.isoformat()}
    base: dict[str, Any] = delivery(cast) if verb == "deliveries" else dict(VERBS[verb] or {})

    answer = Caller(app, cast.olu).post(f"/commitments/{number}/{verb}", base | over)

    assert (answer.status_code, answer.json["error"]) == (422, code)  # type: ignore[index]


def test_a_promise_that_changed_since_it_was_read_is_left_alone(app: Flask, cast: Cast) -> None:
    number = promise(app, cast, "delivered")
    vic, mia = Caller(app, cast.vic), Caller(app, cast.mia)
    read = {"If-Match": vic.get(f"/commitments/{number}").headers["ETag"]}
    mia.post(f"/commitments/{number}/send-backs", REASON)

    stale = vic.post(f"/commitments/{number}/confirmations", key="k", headers=read)
    fresh = {"If-Match": vic.get(f"/commitments/{number}").headers["ETag"]}

    assert (stale.status_code, stale.json["error"]) == (412, "changed_meanwhile")  # type: ignore[index]
    answer = vic.post(f"/commitments/{number}/confirmations", key="k", headers=fresh)
    assert (answer.status_code, answer.json["error"]) == (409, "not_delivered")  # type: ignore[index]


def test_the_same_version_is_not_sent_twice(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)
    caller = Caller(app, cast.asha)
    mark = caller.get(f"/commitments/{number}").headers["ETag"]

    assert caller.get(f"/commitments/{number}", headers={"If-None-Match": mark}).status_code == 304


def test_what_may_be_done_is_what_the_page_offers(app: Flask, cast: Cast) -> None:
    offered = {state: promise(app, cast, state) for state in ("offered", "accepted", "delivered", "confirmed")}

    may = {(who, state): Caller(app, getattr(cast, who)).get(f"/commitments/{number}").json["may"]  # type: ignore[index]
           for who in ("olu", "vic", "asha") for state, number in offered.items()}  # fmt: skip

    assert {key: own for key, verbs in may.items() if (own := [verb for verb in verbs if verb != "nudge"])} == {
        ("olu", "offered"): ["accept", "hand_back"],
        ("olu", "accepted"): ["update", "move_date", "deliver", "steps", "need_decision", "call_help"],
        ("olu", "delivered"): ["update"],
        ("vic", "delivered"): ["confirm", "send_back"],
    }


def spread(app: Flask, cast: Cast) -> dict[str, list[int]]:
    """Promises of every standing, two of each, made months ago."""
    made = clock.now() - timedelta(days=100)
    day = made.date()
    late, soon, far = (today() + timedelta(days=days) for days in (-5, 5, 60))
    kinds: dict[str, dict[str, Any]] = {
        "overdue": {"due_on": late}, "due_soon": {"due_on": soon}, "open": {"due_on": far},
        "kept": {"state": "confirmed", "due_on": far, "live_from": day},
        "late_kept": {"state": "confirmed", "due_on": day + timedelta(days=2), "live_from": day + timedelta(days=9)},
        "handed_back": {"state": "handed_back", "due_on": far},
    }  # fmt: skip
    return {name: [promise(app, cast, now=made, **over) for _ in range(2)] for name, over in kinds.items()}


def test_every_standing_is_listed_as_the_board_groups_it(app: Flask, cast: Cast) -> None:
    made = spread(app, cast)
    caller = Caller(app, cast.asha)

    listed = {name: [one["number"] for one in caller.all(f"/commitments?standing={name}", limit=1)]
              for name in made}  # fmt: skip

    assert listed == {name: sorted(ids, reverse=True) for name, ids in made.items()}
    whole = [one["number"] for one in caller.all("/commitments", limit=3)]
    assert whole == sorted((n for name, ids in made.items() if name != "handed_back" for n in ids), reverse=True)
    with app.app_context():
        zone = queries.organisation_zone()
        board = queries.board(viewer(cast.asha), today=today(), zone=zone, only=None, mine=False)
    assert {name.value: count for name, count in board.counts.items()} == {
        name: len(listed[name]) for name in listed if name != Standing.HANDED_BACK}  # fmt: skip


def test_mine_is_what_i_own(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)

    mine, theirs = (Caller(app, one).get("/commitments?mine=true").json for one in (cast.olu, cast.asha))

    assert [one["number"] for one in mine["items"]] == [number]  # type: ignore[index]
    assert theirs == {"items": [], "next": None}


@pytest.mark.parametrize("query", ["standing=broken", "mine=1", "mine=maybe", "limit=0", "limit=101", "page=2"])
def test_a_list_that_cannot_be_asked_for_is_refused(app: Flask, cast: Cast, query: str) -> None:
    assert Caller(app, cast.asha).get(f"/commitments?{query}").status_code == 422


def test_a_promise_about_what_one_may_not_read_does_not_exist(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        number = make_promise(cast, idea=make_promoted(cast, audience=Audience.SITE), now=NOON).id
    kim = Caller(app, cast.kim)

    assert kim.get(f"/commitments/{number}").status_code == 404
    assert kim.post(f"/commitments/{number}/acceptance").status_code == 404
    assert kim.get("/commitments").json == {"items": [], "next": None}


def test_a_list_asks_the_same_number_of_questions_at_any_size(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)
    promise(app, cast)
    caller.get("/commitments")
    with counted(app) as few:
        caller.get("/commitments?limit=100")
    for _ in range(10):
        promise(app, cast)
    with counted(app) as many:
        caller.get("/commitments?limit=100")

    assert len(few) == len(many)
