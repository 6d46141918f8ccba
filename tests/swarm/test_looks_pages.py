"""Looks over HTTP: what was on screen, who may say it, and the switch."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.people.scopes import Scope
from portal.swarm import audit, looks_service
from portal.swarm.looks import chance_examined
from portal.swarm.looks_models import Look
from portal.swarm.looks_views import LOOKS
from portal.web import later
from tests.api.calling import Caller
from tests.factories import Cast, send, signed_in
from tests.ideas.making import said, viewer


@pytest.fixture
def numbers(app: Flask, cast: Cast) -> list[int]:
    with app.app_context():
        return [said(cast.asha, f"Rule number {n} should go", now=clock.now()) for n in range(10)]


def dealt(app: Flask, who: int, address: str = "/ideas") -> tuple[str, list[int]]:
    text = signed_in(app, who).get(address).get_data(as_text=True)
    sealed = re.search(r'data-looks="([^"]+)"', text)
    assert sealed
    return sealed[1], [int(number) for number in re.findall(r'<li class="card idea[^>]*id="idea-(\d+)"', text)]


def kept(app: Flask) -> dict[int, float]:
    with app.app_context():
        return {row.idea_id: row.p_seen for row in db.session.scalars(select(Look))}


@pytest.mark.parametrize("address", ["/ideas", "/ideas?view=newest"])
def test_what_was_on_screen_is_written_apart_from_the_request(
    app: Flask, cast: Cast, numbers: list[int], address: str
) -> None:
    page, shown = dealt(app, cast.bo, address)

    answer = send(signed_in(app, cast.bo), "/ideas/looks", page=page, ideas=f"{shown[1]}.{shown[4]}")
    before = kept(app)
    later.flush(app)

    assert (answer.status_code, answer.data, before) == (204, b"", {})
    wanted = {shown[1]: chance_examined(2), shown[4]: chance_examined(5)}
    assert kept(app) == {number: pytest.approx(p_seen) for number, p_seen in wanted.items()}
    with app.app_context():
        assert audit.verify() == []


def test_the_same_message_twice_counts_once(app: Flask, cast: Cast, numbers: list[int]) -> None:
    page, shown = dealt(app, cast.bo)
    bo = signed_in(app, cast.bo)

    for _ in range(3):
        send(bo, "/ideas/looks", page=page, ideas=str(shown[3]))
        later.flush(app)

    assert kept(app) == {shown[3]: pytest.approx(chance_examined(4))}


def test_nobody_says_what_was_not_dealt_to_them(app: Flask, cast: Cast, numbers: list[int]) -> None:
    page, shown = dealt(app, cast.bo)
    missing = next(number for number in numbers if number not in shown)

    foreign = send(signed_in(app, cast.cy), "/ideas/looks", page=page, ideas=str(shown[0]))
    other = send(signed_in(app, cast.bo), "/ideas/looks", page=page, ideas=str(missing))
    later.flush(app)

    assert (foreign.status_code, other.status_code, kept(app)) == (422, 422, {})


@pytest.mark.parametrize("ideas", ["", "x", "1,2", "1.", "-1", "1." * 81 + "1", "12345678901"])
def test_nonsense_is_refused(app: Flask, cast: Cast, numbers: list[int], ideas: str) -> None:
    page, _ = dealt(app, cast.bo)

    assert send(signed_in(app, cast.bo), "/ideas/looks", page=page, ideas=ideas).status_code == 422


def test_an_old_page_counts_no_more(
    app: Flask, cast: Cast, numbers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    page, shown = dealt(app, cast.bo)
    monkeypatch.setattr("portal.swarm.dealt.FRESH_HOURS", -1)

    answer = send(signed_in(app, cast.bo), "/ideas/looks", page=page, ideas=str(shown[0]))

    assert answer.status_code == 422 and "too old" in answer.get_data(as_text=True)


def test_who_works_in_no_team_is_not_asked(app: Flask, cast: Cast, numbers: list[int]) -> None:
    answer = send(signed_in(app, cast.vic), "/ideas/looks", page="x", ideas="1")

    assert answer.status_code == 403


def test_without_the_token_of_a_form_nothing_is_taken(app: Flask, cast: Cast, numbers: list[int]) -> None:
    page, shown = dealt(app, cast.bo)

    answer = signed_in(app, cast.bo).post("/ideas/looks", data={"page": page, "ideas": str(shown[0])})
    later.flush(app)

    assert answer.status_code == 403 and kept(app) == {}


def test_a_full_buffer_takes_no_more_and_is_empty_after_a_flush(
    app: Flask, cast: Cast, numbers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    page, shown = dealt(app, cast.bo)
    monkeypatch.setattr(LOOKS, "most", 2)

    send(signed_in(app, cast.bo), "/ideas/looks", page=page, ideas=".".join(map(str, shown[:5])))
    later.flush(app)

    assert len(kept(app)) == 2 and LOOKS.waiting == {}


def test_switched_off_nothing_is_accepted(app: Flask, cast: Cast, numbers: list[int]) -> None:
    page, shown = dealt(app, cast.bo)
    send(signed_in(app, cast.bo), "/ideas/looks", page=page, ideas=str(shown[0]))
    mia = signed_in(app, cast.mia)

    switched = send(mia, "/swarm/looks", kept="no")
    answer = send(signed_in(app, cast.bo), "/ideas/looks", page=page, ideas=str(shown[1]))
    later.flush(app)

    assert (switched.status_code, switched.location) == (303, "/swarm/looks")
    assert answer.status_code == 410 and kept(app) == {}
    assert "No looks are kept" in mia.get("/swarm/looks").get_data(as_text=True)


def test_everybody_reads_what_is_kept_and_programme_turns_the_switch(app: Flask, cast: Cast) -> None:
    bo, mia = signed_in(app, cast.bo), signed_in(app, cast.mia)

    staff, programme = (one.get("/swarm/looks").get_data(as_text=True) for one in (bo, mia))

    assert "180 days" in staff and "Keep no looks" not in staff and "Keep no looks" in programme
    assert send(bo, "/swarm/looks", kept="no").status_code == 403
    assert send(mia, "/swarm/looks", kept="perhaps").status_code == 422
    assert "switch it off" in bo.get("/help/who-can-see-what").get_data(as_text=True)


def test_a_program_reads_and_turns_the_switch(app: Flask, cast: Cast) -> None:
    mia, bo = Caller(app, cast.mia), Caller(app, cast.bo)

    before = bo.get("/looks/setting").json
    changed = mia.put("/looks/setting", {"kept": False})
    again = mia.put("/looks/setting", {"kept": False})

    assert before == {"kept": True, "since": None, "days": 180}
    assert changed.json == again.json and changed.json["kept"] is False  # type: ignore[index]
    assert bo.put("/looks/setting", {"kept": True}).status_code == 403
    narrow = Caller(app, cast.mia, Scope.IDEAS_READ)
    assert narrow.put("/looks/setting", {"kept": True}).json["error"] == "scope"  # type: ignore[index]


def test_what_the_database_cannot_take_now_waits(app: Flask, cast: Cast, numbers: list[int]) -> None:
    page, shown = dealt(app, cast.bo)
    send(signed_in(app, cast.bo), "/ideas/looks", page=page, ideas=str(shown[0]))
    part = LOOKS.take()[0]

    LOOKS.give_back(part)
    later.flush(app)

    assert list(kept(app)) == [shown[0]]


def test_a_look_is_never_written_where_looks_went_off_meanwhile(app: Flask, cast: Cast, numbers: list[int]) -> None:
    page, shown = dealt(app, cast.bo)
    send(signed_in(app, cast.bo), "/ideas/looks", page=page, ideas=str(shown[0]))
    with app.app_context(), writing():
        looks_service.switch(viewer(cast.tess), kept=False, now=clock.now())

    later.flush(app)

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Look)) == 0
