"""The ledger is verified at the start and every night; while it does not hold points stand still, and nothing else."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from portal import clock, worker
from portal.db import db, writing
from portal.errors import Unavailable
from portal.ledger import anchor_file, jobs
from portal.ledger import service as ledger
from portal.ledger.anchor_rules import Noted, line, read_lines, standing
from portal.ledger.checks import newest, sound
from portal.ledger.models import Anchor, LedgerCheck
from portal.ledger.verify import head
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from portal.people.models import AuditEntry
from portal.rewards import service as rewards
from portal.rewards.models import Award
from portal.start import check, prepare
from tests.api.calling import Caller
from tests.factories import NOON, Cast, signed_in
from tests.ideas.making import said
from tests.ledger.purses import USUAL, move, open_purses
from tests.ledger.spoiling import rebuild, run, without_triggers
from tests.notices.receiving import receiver
from tests.rewards.giving import open_budget, promoted
from tests.swarm.voting import vote

SPOILED = "UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'person'"
MENDED = "UPDATE ledger_accounts SET posted = posted - 1 WHERE kind = 'person'"


def filled(points: int = 100, spends: int = 4) -> None:
    with writing():
        purses = open_purses(points)
        for number in range(spends):
            move(purses.wallet, purses.redeemed, 10, cause=f"spend:{number}")


def night(now: datetime = NOON) -> None:
    jobs.night(Claimed(1, "e", jobs.NIGHT, {}, 1, now), now)


def verifications() -> list[tuple[str, int, bool]]:
    query = select(LedgerCheck.why, LedgerCheck.since_seq, LedgerCheck.ok).order_by(LedgerCheck.id)
    return [tuple(row) for row in db.session.execute(query)]


def told() -> int:
    return db.session.scalar(select(func.count()).where(Message.topic == "ledger.broken")) or 0


def test_a_start_verifies_what_is_new_and_keeps_nothing_where_nothing_is(app: Flask) -> None:
    with app.app_context():
        filled(spends=2)
    prepare(app, now=NOON)
    with app.app_context(), writing():
        move(1, 2, 5, cause="later")
    for _ in range(2):
        prepare(app, now=NOON)
        check(app)

    with app.app_context():
        assert verifications() == [("start", 0, True), ("start", 3, True)]


def test_a_start_on_a_broken_ledger_says_so_and_starts(app: Flask) -> None:
    with app.app_context():
        filled()
        run(SPOILED)

    first, again = prepare(app, now=NOON), prepare(app, now=NOON)

    assert any("Points stand still" in words for words in first)
    assert first[-2:] == again[-2:]
    with app.app_context():
        assert verifications() == [("start", 0, False)]


@pytest.mark.parametrize("spoil", [SPOILED, "UPDATE ledger_transfers SET amount = 11 WHERE seq = 2"])
def test_l12_while_the_ledger_is_broken_points_stand_still(context: Flask, spoil: str) -> None:
    filled()
    with writing():
        held = ledger.hold(2, 3, 5, cause="order", **USUAL).seq
    without_triggers(spoil)
    night()

    for verb in (
        lambda: move(2, 3, 1, cause="post"),
        lambda: ledger.hold(2, 3, 1, cause="hold", **USUAL),
        lambda: ledger.capture(held, cause="capture", **USUAL),
        lambda: ledger.void(held, cause="void", **USUAL),
        lambda: ledger.reverse(2, cause="reverse", **USUAL),
    ):
        with pytest.raises(Unavailable) as refusal, writing():
            verb()
        assert refusal.value.code == "ledger_broken"
    with writing():
        assert ledger.hold(2, 3, 5, cause="order", **USUAL).replayed
    assert head()[0] == 6


def test_points_move_again_once_everything_was_found_to_hold(context: Flask) -> None:
    filled()
    run(SPOILED)
    night()
    run(MENDED)
    jobs.at_start(now=NOON)
    assert not sound()  # a start goes through the newest alone, which says nothing about the rest

    answer = context.test_cli_runner().invoke(args=["ledger", "verify"])

    assert answer.exit_code == 0
    assert sound()
    with writing():
        move(2, 3, 1, cause="again")


def test_what_is_asked_with_an_anchor_or_for_a_part_is_answered_and_not_kept(context: Flask) -> None:
    filled()
    commands = context.test_cli_runner()

    forged = commands.invoke(args=["ledger", "verify", "--anchor", f"2:{'0' * 64}"])
    part = commands.invoke(args=["ledger", "verify", "--since", "3"])

    assert (forged.exit_code, part.exit_code) == (2, 0)
    assert verifications() == [] and sound()


def test_awards_are_owed_while_points_stand_still_and_paid_later(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        promoted(1, cast.asha, hidden=False)
    run(SPOILED)
    night()
    with writing():
        promoted(2, cast.asha, hidden=False)
        promoted(3, cast.bo, hidden=True)
        assert rewards.pay_owed(now=NOON) == 0
        assert rewards.pay_hidden_batch(now=NOON + timedelta(days=60)) is None
    unpaid = select(func.count(Award.id)).where(Award.paid_at.is_(None), Award.pooled_at.is_(None))
    assert db.session.scalar(unpaid) == 2

    run(MENDED)
    night(NOON + timedelta(days=1))
    with writing():
        assert rewards.pay_owed(now=NOON + timedelta(days=1)) == 2

    assert db.session.scalar(unpaid) == 0


def test_voting_goes_on_and_every_page_of_points_says_that_they_stand_still(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with writing():
            open_budget()
            promoted(1, cast.asha, hidden=False)
        number = said(cast.asha)
        run(SPOILED)
        night()
        vote(cast.bo, number, "support")
    asha, mia = signed_in(app, cast.asha), signed_in(app, cast.mia)

    assert "points stand still" in asha.get("/wallet").text
    assert "points stand still" in mia.get("/ledger").text
    assert "points stand still" not in asha.get("/ideas").text
    ledger_now = Caller(app, cast.mia).get("/ledger").json
    assert ledger_now is not None and ledger_now["stopped"] is True
    found = Caller(app, cast.mia).all("/ledger/verifications", limit=1)
    assert [(one["why"], one["holds"]) for one in found] == [("nightly", False)]


def test_health_says_that_points_stand_still_and_the_doors_stay_open(app: Flask) -> None:
    with app.app_context():
        filled()
    client = app.test_client()
    well = client.get("/healthz?full")
    with app.app_context():
        run(SPOILED)
        night(clock.now())

    ill, ready, alive = (client.get(path) for path in ("/healthz?full", "/readyz", "/healthz"))

    assert (well.status_code, ill.status_code, ready.status_code, alive.status_code) == (200, 503, 200, 200)
    assert ill.json is not None and "read-only" in ill.json["checks"]["points"]
    assert "100" not in ill.text and "Account" not in ill.text
    assert "WRONG points" in app.test_cli_runner().invoke(args=["doctor"]).output


def test_auditors_administrators_and_programme_are_told_at_once(app: Flask, cast: Cast, tmp_path: Path) -> None:
    with app.app_context():
        filled()
        run(SPOILED)
    worker.run_once(app, now=NOON)
    with app.app_context():
        app.test_cli_runner().invoke(args=["ledger", "verify"])
        assert told() == 1

    mails = "".join(path.read_text() for path in (tmp_path / "mail").glob("*.eml"))
    assert mails.count("Subject: The ledger of points does not hold") == 2  # tess and mia
    assert "The books of points do not add up" in signed_in(app, cast.tess).get("/me/updates").text
    with app.app_context():
        actions = db.session.scalars(select(AuditEntry.action)).all()
        assert "ledger.broken" in actions


def test_every_night_the_head_is_noted_outside(context: Flask) -> None:
    filled()
    folder = context.config["SAYSO"].anchors
    for day in range(3):
        night(NOON + timedelta(days=day))
        night(NOON + timedelta(days=day))

    noted = anchor_file.read(folder)
    stored = db.session.scalars(select(Anchor).order_by(Anchor.day)).all()
    assert [(one.seq, one.hash) for one in noted] == [head()] * len(noted)
    assert [row.day for row in stored] == [(NOON + timedelta(days=day)).date() for day in range(3)]
    assert stored[0].sent_to == "file ledger-anchors.txt"
    assert (folder / anchor_file.NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("table", ["ledger_anchors", "ledger_checks"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET at = at"])
def test_what_was_noted_and_found_is_not_changed(context: Flask, table: str, statement: str) -> None:
    filled()
    night()

    with pytest.raises(DBAPIError, match="append-only"):
        run(statement.format(table))


def test_nothing_is_noted_of_an_empty_or_a_broken_ledger(context: Flask) -> None:
    night()
    filled()
    run(SPOILED)
    night(NOON + timedelta(days=1))

    assert anchor_file.read(context.config["SAYSO"].anchors) == []
    assert db.session.scalars(select(Anchor.day)).all() == []


def test_a_rebuilt_chain_is_found_by_what_was_noted(context: Flask) -> None:
    filled()
    night()
    without_triggers("UPDATE ledger_transfers SET memo = 'harmless' WHERE seq = 4")
    rebuild()

    assert context.test_cli_runner().invoke(args=["ledger", "verify"]).exit_code == 2
    assert not sound()


def test_l13_an_older_state_that_was_put_back_stops_points_until_somebody_accepts_it(context: Flask) -> None:
    filled(spends=2)
    earlier = db.session.execute(db.text("SELECT hash FROM ledger_transfers WHERE seq = 2")).scalar_one()
    night()
    put_back(2, earlier)
    commands = context.test_cli_runner()

    started = jobs.at_start(now=NOON + timedelta(hours=1))
    refused = commands.invoke(args=["ledger", "accept-rollback", "--reason", " "])
    accepted = commands.invoke(args=["ledger", "accept-rollback", "--reason", "The disk of Sunday"])
    again = commands.invoke(args=["ledger", "accept-rollback", "--reason", "The disk of Sunday"])

    assert started is not None and "an older state was put back" in started
    assert (refused.exit_code, accepted.exit_code, again.exit_code) == (1, 0, 1)
    assert sound() and (found := newest()) is not None and found.why == "accepted"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "ledger.rollback_accepted")).one()
    assert json.loads(entry.detail)["reason"] == "The disk of Sunday"
    assert "# " in (context.config["SAYSO"].anchors / anchor_file.NAME).read_text().splitlines()[-1]
    with writing():
        move(2, 3, 1, cause="after")
    assert commands.invoke(args=["ledger", "verify"]).exit_code == 0


def test_more_than_a_missing_end_cannot_be_accepted(context: Flask) -> None:
    filled(spends=2)
    earlier = db.session.execute(db.text("SELECT hash FROM ledger_transfers WHERE seq = 2")).scalar_one()
    night()
    put_back(2, earlier)
    run(SPOILED)

    answer = context.test_cli_runner().invoke(args=["ledger", "accept-rollback", "--reason", "The disk of Sunday"])

    assert answer.exit_code == 1 and "more than an older state" in answer.stderr
    assert newest() is not None


def put_back(seq: int, own_hash: str) -> None:
    """The ledger as it was after entry `seq`, of a wallet that had 100 and spent 10; what was noted outside stays."""
    posted = "UPDATE ledger_accounts SET posted = CASE kind WHEN 'issuance' THEN -100 WHEN 'person' THEN 90 ELSE 10 END"
    without_triggers(
        f"DELETE FROM ledger_transfers WHERE seq > {seq}", posted,
        f"UPDATE ledger_head SET seq = {seq}, hash = '{own_hash}'",
    )  # fmt: skip


def test_heads_go_to_the_addresses_and_the_program_that_the_settings_name(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    with receiver() as machine, app.app_context():
        settings = {"anchor_mail": ("one@audit.example", "two@audit.example"), "anchor_url": machine.url,
                    "anchor_folder": tmp_path / "outside", "outgoing_inside": (machine.origin,)}  # fmt: skip
        app.config["SAYSO"] = replace(app.config["SAYSO"], **settings)
        filled()
        night()
        anchor = f"{head()[0]}:{head()[1]}"
        db.session.rollback()
        worker.run_once(app, now=NOON)

    mails = [path.read_text() for path in (tmp_path / "mail").glob("*.eml")]
    assert sum(anchor in words.replace("=\n", "") for words in mails) == 2
    body = machine.told()
    assert (body["type"], f"{body['data']['entry']}:{body['data']['hash']}") == ("ledger.anchored", anchor)
    assert anchor in (tmp_path / "outside" / anchor_file.NAME).read_text()
    shown = Caller(app, cast.mia).all("/ledger/anchors", limit=1)
    assert [one["anchor"] for one in shown] == [anchor]
    assert [place.split()[0] for place in shown[0]["places"]] == ["file", "mail", "mail", "call"]
    assert "audit.example" in signed_in(app, cast.mia).get("/ledger").text


def test_a_program_that_does_not_take_the_head_is_asked_again(app: Flask) -> None:
    with receiver() as machine, app.app_context():
        machine.status = 500
        settings = {"anchor_url": machine.url, "outgoing_inside": (machine.origin,)}
        app.config["SAYSO"] = replace(app.config["SAYSO"], **settings)
        filled()
        night()
        worker.run_once(app, now=NOON)
        machine.status = 200
        worker.run_once(app, now=NOON + timedelta(hours=1))

    assert len(machine.ids()) == 2 and len(set(machine.ids())) == 1


def test_the_worker_does_it_once_a_night(app: Flask) -> None:
    with app.app_context():
        filled()
    for hours in (0, 1, 24):
        worker.run_once(app, now=NOON + timedelta(hours=hours))

    with app.app_context():
        assert verifications() == [("nightly", 0, True)] * 2


def test_l14_l15_who_leaves_keeps_their_points_and_no_name_stands_in_the_books(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with writing():
            open_budget()
            promoted(1, cast.asha, hidden=False)
        run(f"UPDATE people SET deactivated_at = '2026-03-03 00:00:00', name = 'gone' WHERE id = {cast.asha}")
        books = app.test_cli_runner().invoke(args=["ledger", "export", "--format", "csv"]).output

        assert newest() is None and app.test_cli_runner().invoke(args=["ledger", "verify"]).exit_code == 0
        assert "asha" not in books.casefold() and f"Assets:Person:{cast.asha}" in books


@pytest.mark.parametrize("form", ["hledger", "beancount", "csv"])
def test_the_page_gives_the_books_without_telling_anybody_apart(app: Flask, cast: Cast, form: str) -> None:
    with app.app_context(), writing():
        open_budget()
        promoted(1, cast.asha, hidden=False)

    answer = signed_in(app, cast.mia).get(f"/ledger/export/{form}")
    books = answer.text
    answer.close()

    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    assert "Assets:Wallets" in books and "Person" not in books
    assert signed_in(app, cast.mia).get("/ledger/export/xml").status_code == 404
    assert signed_in(app, cast.asha).get(f"/ledger/export/{form}").status_code == 403


LINE = f"2026-03-02T12:00:00.000000Z 120:{'a' * 64}"


def test_a_file_of_anchors_is_read_past_remarks_and_half_lines(tmp_path: Path) -> None:
    assert line(Noted(120, "a" * 64, NOON)) == LINE
    assert read_lines(f"# words\n{LINE}\n{LINE[:40]}\nnonsense 1:2\n") == [Noted(120, "a" * 64, NOON)]

    (tmp_path / anchor_file.NAME).write_text(LINE[:40])
    anchor_file.add(tmp_path, Noted(120, "a" * 64, NOON))

    assert (tmp_path / anchor_file.NAME).read_text() == f"{LINE[:40]}\n{LINE}\n"


@pytest.mark.parametrize(
    ("anchor", "holds"),
    [
        (Noted(9, "x", NOON), False),
        (Noted(5, "x", NOON), True),
        (Noted(9, "x", NOON + timedelta(seconds=1)), True),
        (Noted(9, "x"), True),
    ],
    ids=["beyond and before", "within", "later", "given by hand"],
)
def test_an_accepted_state_makes_void_what_lay_beyond_it(anchor: Noted, holds: bool) -> None:
    assert bool(standing([anchor], [Noted(5, "h", NOON)])) is holds


def test_a_file_that_cannot_be_read_is_one_sentence(context: Flask, tmp_path: Path) -> None:
    filled()
    context.config["SAYSO"] = replace(context.config["SAYSO"], anchor_folder=tmp_path / "outside")
    (tmp_path / "outside" / anchor_file.NAME).mkdir(parents=True)

    answer = context.test_cli_runner().invoke(args=["ledger", "verify"])

    assert answer.exit_code == 1
    assert answer.stderr.startswith("Error: The file of anchors cannot be used")


def test_the_head_is_noted_when_somebody_asks(context: Flask) -> None:
    filled()

    answer = context.test_cli_runner().invoke(args=["ledger", "anchor"])

    assert answer.exit_code == 0
    assert [one.seq for one in anchor_file.read(context.config["SAYSO"].anchors)] == [5]
