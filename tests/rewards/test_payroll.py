"""Files for payroll: what is in them, that they stay the same, and who gets them."""

import csv
import io
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.db import db, writing
from portal.errors import Conflict, Invalid, Missing, Refused
from portal.people.models import AuditEntry, Person
from portal.rewards import payroll_service as payroll
from portal.rewards import redemption_service as orders
from portal.rewards.months import Month
from portal.rewards.payroll_queries import runs
from portal.rewards.payroll_rules import HEAD, SHEET, Line, file_of, fingerprint
from portal.rewards.redemption_queries import order_row
from portal.rewards.shop_models import PayrollLine
from portal.rewards.words import RewardKind
from tests.factories import NOON, Cast, send, signed_in
from tests.rewards.shopping import place_order, who

MARCH, ZONE = Month(2026, 3), "Europe/London"
APRIL_2 = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
VOUCHER = {"kind": RewardKind.MONEY, "name": "Voucher", "money_cents": 2550}


def delivered(cast: Cast, person: int, *, key: str = "k", at: datetime = NOON, **over: object) -> int:
    with writing():
        number = place_order(cast, person=person, key=key, now=at, **(VOUCHER | over)).id
    for verb in (orders.approve, orders.deliver):
        with writing():
            verb(who(cast.mia), order_row(who(cast.mia), number), now=at)
    return number


def rows_of(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))


def test_a_file_names_every_column_that_its_sheet_explains() -> None:
    assert tuple(column for column, _ in SHEET) == HEAD


def test_cells_that_a_spreadsheet_would_run_are_neutral_and_the_order_of_lines_does_not_matter() -> None:
    bad = Line(2, "=1+1", "@evil", "+cmd", 10, 100, NOON.date())
    good = Line(1, "7", "Asha", "Voucher", 10, 2500, NOON.date())

    file = file_of("-Harbour", "2026-03", [bad, good])

    assert file == file_of("-Harbour", "2026-03", [good, bad])
    assert [row["order"] for row in rows_of(file)] == ["1", "2"]
    assert {rows_of(file)[1][name][0] for name in ("employer", "staff_number", "name", "reward")} == {"'"}
    assert rows_of(file)[0]["amount"] == "25.00"


def test_a_month_holds_the_delivered_money_of_one_employer_and_stays_as_it_was(context: Flask, cast: Cast) -> None:
    ours = delivered(cast, cast.asha)
    delivered(cast, cast.sam)
    delivered(cast, cast.bo, kind=RewardKind.TIME, money_cents=None)
    delivered(cast, cast.cy, at=APRIL_2)
    with writing():
        place_order(cast, person=cast.di, **VOUCHER)
    mia = who(cast.mia)

    with writing():
        number = payroll.make(mia, cast.places["Harbour"], MARCH, zone=ZONE, now=APRIL_2).id
    with writing():
        run, file = payroll.download(mia, number, now=APRIL_2)
    with writing():
        db.session.execute(update(Person).where(Person.id == cast.asha).values(name="Somebody else"))
    with writing():
        again = payroll.make(mia, cast.places["Harbour"], MARCH, zone=ZONE, now=APRIL_2).id
        _, later = payroll.download(mia, number, now=APRIL_2)

    (row,) = rows_of(file)
    assert (row["order"], row["name"], row["amount"], row["delivered_on"]) == (str(ours), "Asha", "25.50", "2026-03-02")
    assert (again, later, fingerprint(later)) == (number, file, run.sha256)
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"payroll:{number}")).all()
    assert sorted(actions) == ["payroll.downloaded", "payroll.downloaded", "payroll.made"]


def test_a_partner_has_a_file_of_its_own_and_a_month_is_closed_once_it_is_over(context: Flask, cast: Cast) -> None:
    theirs = delivered(cast, cast.sam)
    mia = who(cast.mia)

    with pytest.raises(Conflict) as early, writing():
        payroll.make(mia, cast.places["Brightline"], MARCH, zone=ZONE, now=NOON)
    with writing():
        run = payroll.make(mia, cast.places["Brightline"], MARCH, zone=ZONE, now=APRIL_2)
        line = db.session.scalars(select(PayrollLine).where(PayrollLine.run_id == run.id)).one()

    assert early.value.code == "month_not_over"
    assert line.redemption_id == theirs
    assert [one.employer for one in runs(mia)[0]] == ["Brightline"]


def test_what_was_frozen_and_then_changed_is_noticed(context: Flask, cast: Cast) -> None:
    delivered(cast, cast.asha)
    with writing():
        number = payroll.make(who(cast.mia), cast.places["Harbour"], MARCH, zone=ZONE, now=APRIL_2).id
    with writing():
        db.session.execute(update(PayrollLine).values(cents=999_999))

    with pytest.raises(Conflict) as refusal, writing():
        payroll.download(who(cast.mia), number, now=APRIL_2)

    assert refusal.value.code == "file_changed"


def test_a_file_is_for_programme_and_administrator_of_that_employer(context: Flask, cast: Cast) -> None:
    with pytest.raises(Refused), writing():
        payroll.make(who(cast.asha), cast.places["Harbour"], MARCH, zone=ZONE, now=APRIL_2)
    with pytest.raises(Invalid), writing():
        payroll.make(who(cast.tess), cast.places["Leeds"], MARCH, zone=ZONE, now=APRIL_2)
    with pytest.raises(Missing), writing():
        payroll.download(who(cast.tess), 999, now=APRIL_2)


def test_the_page_closes_a_month_and_gives_the_file(app: Flask, cast: Cast) -> None:
    mia = signed_in(app, cast.mia)
    month = mia.get("/payroll").text.split('id="month"')[1].split('value="')[1][:7]

    made = send(mia, "/payroll", employer=cast.places["Harbour"], month=month)
    file = send(mia, "/payroll/1/file")

    assert (made.status_code, file.status_code, file.mimetype) == (303, 200, "text/csv")
    assert f'filename="payroll-{cast.places["Harbour"]}-{month}.csv"' in file.headers["Content-Disposition"]
    assert send(mia, "/payroll", employer="999999", month=month).status_code == 422
    assert signed_in(app, cast.asha).get("/payroll").status_code == 403
