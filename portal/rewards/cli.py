"""`flask budget …`: points that may be awarded."""

import json
from datetime import timedelta

import click
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.db import writing
from portal.errors import DomainError
from portal.people.queries import person_by_login
from portal.rewards import erasure, service


@click.group("budget")
def budget() -> None:
    """Budgets of points."""


@budget.command("open")
@click.option("--name", required=True, help="What it is called, for example “First quarter”.")
@click.option("--points", required=True, type=int, help="How many points it holds.")
@click.option("--days", required=True, type=click.IntRange(1, 3660), help="For how many days from now.")
@click.option("--approver", metavar="LOGIN", help="E-mail address or staff number of who approved it.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def open_(name: str, points: int, days: int, approver: str | None, as_json: bool) -> None:
    """Open a budget that starts now. Awards that wait for one are paid by the worker."""
    now = clock.now()
    try:
        with writing():
            approver_id = _approver(approver)
            opened = service.open_budget(
                name, points, starts_at=now, ends_at=now + timedelta(days=days), approver_id=approver_id, now=now
            )
            budget_id = opened.id
    except DomainError as error:
        raise click.ClickException(error.message) from error
    except DBAPIError as error:
        raise click.ClickException(f"The database refused: {str(error.orig).splitlines()[0]}") from error
    if as_json:
        click.echo(json.dumps({"budget": budget_id, "points": points}))
    else:
        click.echo(f"Budget {budget_id} is open: {points:,} points for {days} days.")


@budget.command("erase")
@click.argument("login")
def erase(login: str) -> None:
    """Take the name off the account of somebody who has left: LOGIN is their e-mail address or staff number.

    What was left expires; every entry stays as it is, of an account that leads to nobody.
    """
    person = person_by_login(login)
    if person is None:
        raise click.ClickException(f"Nobody signs in as {login}.")
    try:
        with writing():
            expired = erasure.erase(person.id, now=clock.now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Their account has no name any more; {expired:,} points expired.")


def _approver(login: str | None) -> int | None:
    if login is None:
        return None
    person = person_by_login(login)
    if person is None or not person.active:
        raise click.ClickException(f"Nobody active signs in as {login}.")
    return person.id
