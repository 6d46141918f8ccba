"""One-time codes: once, for one purpose, for one person, for a while."""

import threading
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.errors import DomainError, Gone, Invalid
from portal.people import codes, service
from portal.people.code_rules import ALPHABET, as_printed, as_typed, code_from, new_code
from portal.people.models import OneTimeCode, Person
from portal.people.roles import CodePurpose
from portal.people.sessions import keyed_hash
from tests.factories import NOON, Cast
from tests.people.entering import OTHER, give_password, is_signed_in, make_code, sign_in_with, use_code

FIRST, RESET = CodePurpose.FIRST_SIGN_IN, CodePurpose.RESET


def test_a_code_is_twelve_readable_signs_in_three_groups() -> None:
    code = as_printed(new_code())

    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    assert set(code) - {"-"} <= set(ALPHABET)


def test_what_people_misread_is_understood() -> None:
    assert as_typed(" abcd-efgh jkmn ") == "ABCDEFGHJKMN"
    assert as_typed("lOil-0000-1111") == "101100001111"
    assert as_typed("ABCD-EFGH-JKM") is None
    assert as_typed("ABCD-EFGH-JKMU") is None


def test_a_code_from_a_digest_is_always_the_same() -> None:
    assert code_from(b"\xff" * 32) == "Z" * 12
    assert code_from(b"\x00" * 32) == "0" * 12
    assert len({code_from(bytes([n]) * 8) for n in range(256)}) == 256


def test_a_first_code_sets_the_password_and_signs_in(app: Flask, cast: Cast) -> None:
    code, client = make_code(app, cast.asha), app.test_client()

    answer = use_code(client, "asha@harbour.example", code.lower().replace("-", " "))

    assert answer.status_code == 303
    assert is_signed_in(client)
    assert sign_in_with(app.test_client(), "asha@harbour.example", OTHER).status_code == 303


def test_a_used_code_is_gone(app: Flask, cast: Cast) -> None:
    code = make_code(app, cast.asha)
    use_code(app.test_client(), "asha@harbour.example", code)

    again = use_code(app.test_client(), "asha@harbour.example", code)

    assert again.status_code == 410
    assert "has been used" in again.text


def test_looking_at_the_page_uses_nothing_up(app: Flask, cast: Cast) -> None:
    code = make_code(app, cast.asha, RESET)
    for _ in range(3):
        assert app.test_client().get(f"/code?code={code}").status_code == 200

    assert use_code(app.test_client(), "asha@harbour.example", code).status_code == 303


def test_a_code_is_gone_after_another_password_was_set(app: Flask, cast: Cast) -> None:
    code = make_code(app, cast.asha, RESET)
    give_password(app, cast.asha)

    assert use_code(app.test_client(), "asha@harbour.example", code).status_code == 410


def test_a_newer_code_cancels_the_older(app: Flask, cast: Cast) -> None:
    older = make_code(app, cast.asha)
    newer = make_code(app, cast.asha)

    assert use_code(app.test_client(), "asha@harbour.example", older).status_code == 410
    assert use_code(app.test_client(), "asha@harbour.example", newer).status_code == 303


def test_a_code_of_another_purpose_stays(app: Flask, cast: Cast) -> None:
    first = make_code(app, cast.asha, FIRST)
    make_code(app, cast.asha, RESET)

    assert use_code(app.test_client(), "asha@harbour.example", first).status_code == 303


@pytest.mark.parametrize(("purpose", "lasts"), [(FIRST, timedelta(days=14)), (RESET, timedelta(hours=1)),
                                                (CodePurpose.FIRST_ADMINISTRATOR, timedelta(hours=24))])  # fmt: skip
def test_a_code_is_too_old_when_its_time_is_over(context: Flask, cast: Cast, purpose, lasts) -> None:
    person_id = None if purpose is CodePurpose.FIRST_ADMINISTRATOR else cast.asha
    with writing():
        code = codes.issue(purpose, person_id=person_id, seal=keyed_hash, now=NOON) or ""

    with writing(), pytest.raises(Gone) as refused:
        codes.spend(code, purpose, person_id=person_id, seal=keyed_hash, now=NOON + lasts)
    assert refused.value.code == "code_over"
    with writing():
        codes.spend(code, purpose, person_id=person_id, seal=keyed_hash, now=NOON + lasts - timedelta(seconds=1))


def test_a_code_of_one_purpose_never_serves_another(context: Flask, cast: Cast) -> None:
    with writing():
        code = codes.issue(RESET, person_id=cast.asha, seal=keyed_hash, now=NOON) or ""

    with writing(), pytest.raises(Invalid) as refused:
        codes.spend(code, FIRST, person_id=cast.asha, seal=keyed_hash, now=NOON)
    assert refused.value.code == "wrong_code"


def test_somebody_elses_code_opens_nothing(app: Flask, cast: Cast) -> None:
    code = make_code(app, cast.asha)

    assert use_code(app.test_client(), "bo@harbour.example", code).status_code == 422


def test_unknown_left_and_wrong_are_answered_alike(app: Flask, cast: Cast) -> None:
    code = make_code(app, cast.sam)
    with app.app_context(), writing():
        service.deactivate(db.session.get_one(Person, cast.sam), by_id=None, now=clock.now())

    answers = [
        use_code(app.test_client(), login, code)
        for login in ("nobody@harbour.example", "sam@harbour.example", "asha@harbour.example")
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert all("do not go together" in answer.text for answer in answers)


def test_guessing_codes_is_slowed_down(app: Flask, cast: Cast) -> None:
    code = make_code(app, cast.asha)
    for _ in range(5):
        use_code(app.test_client(), "asha@harbour.example", "0000-0000-0000")

    assert use_code(app.test_client(), "asha@harbour.example", code).status_code == 429


def test_a_refused_password_does_not_use_the_code_up(app: Flask, cast: Cast) -> None:
    code = make_code(app, cast.asha)
    for easy in ("short", "password1234", "asha@harbour", "Asha-Asha-12"):
        assert use_code(app.test_client(), "asha@harbour.example", code, easy).status_code == 422

    assert use_code(app.test_client(), "asha@harbour.example", code).status_code == 303


def test_the_name_of_a_person_is_not_told_to_somebody_without_the_code(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        db.session.get_one(Person, cast.asha).name = "Asha Featherstonehaugh"

    answer = use_code(app.test_client(), "asha@harbour.example", "0000-0000-0000", "featherstonehaugh1")

    assert "do not go together" in answer.text


def test_only_a_keyed_hash_is_stored(app: Flask, cast: Cast) -> None:
    code = make_code(app, cast.asha)

    with app.app_context():
        row = db.session.scalars(db.select(OneTimeCode)).one()
        assert code.replace("-", "") not in row.code_hash
        assert row.code_hash == keyed_hash(f"code:first_sign_in:{cast.asha}:{code.replace('-', '')}")


def test_a_code_used_twice_at_once_opens_once(app: Flask, cast: Cast) -> None:
    code = make_code(app, cast.asha)
    start, results = threading.Barrier(6), []

    def spend() -> None:
        with app.app_context():
            start.wait()
            try:
                with writing():
                    codes.spend(code, FIRST, RESET, person_id=cast.asha, seal=keyed_hash, now=clock.now())
                results.append("in")
            except DomainError as error:
                results.append(error.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=spend) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["code_over"] * 5 + ["in"]


def test_many_codes_are_made_in_few_statements_and_all_work(context: Flask, cast: Cast) -> None:
    with writing():
        made = codes.issue_many(FIRST, cast.voters, seal=keyed_hash, now=NOON)

    assert len(set(made.values())) == len(cast.voters)
    with writing():
        for person_id, code in made.items():
            codes.spend(code, FIRST, person_id=person_id, seal=keyed_hash, now=NOON)
