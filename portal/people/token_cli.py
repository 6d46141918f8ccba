"""`flask token …`: keys to the interface."""

import json
from typing import Any

import click

from portal import clock
from portal.db import writing
from portal.errors import DomainError
from portal.keys import KEY_MAX
from portal.people import queries, tokens
from portal.people.cli import CannotRun
from portal.people.models import ApiToken, Person
from portal.people.scopes import Scope
from portal.people.token_rules import DAYS_USUAL


@click.group("token")
def token() -> None:
    """Keys to the interface: make one, list them, revoke one."""


@token.command("create")
@click.option("--person", "login", required=True, help="E-mail address or staff number of the person it stands for.")
@click.option("--scopes", required=True, help=f"With commas between, or `all`: {', '.join(Scope)}.")
@click.option("--days", type=int, default=DAYS_USUAL, show_default=True, help="How long it lasts, 365 at most.")
@click.option("--name", default="made on the command line", show_default=True, help="What it is for.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def create(login: str, scopes: str, days: int, name: str, as_json: bool) -> None:
    """Make a key and print it, once."""
    now = clock.now()
    try:
        with writing():
            row, secret = tokens.make(_person(login).id, name, scopes.split(","), days=days, by_id=None, now=now)
            facts: dict[str, Any] = {"number": row.id, "token": secret, "scopes": row.scopes.split(),
                     "expires_at": row.expires_at.isoformat()}  # fmt: skip
    except DomainError as error:
        raise CannotRun(error.message) from error
    if as_json:
        click.echo(json.dumps(facts))
        return
    until, holds = facts["expires_at"][:10], ", ".join(facts["scopes"])
    click.echo(secret)
    click.echo(f"Shown once. It lasts until {until} and holds: {holds}.", err=True)


@token.command("list")
@click.option("--person", "login", required=True, help="E-mail address or staff number.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_tokens(login: str, as_json: bool) -> None:
    """The keys of a person, the newest first, without their secrets."""
    cursor = None
    while True:
        rows, cursor = tokens.keys_page(_person(login).id, limit=100, cursor=cursor)
        for row in rows:
            click.echo(json.dumps(_facts(row)) if as_json else _line(row))
        if cursor is None:
            return


@token.command("revoke")
@click.argument("number", type=click.IntRange(1, KEY_MAX))
@click.option("--person", "login", required=True, help="E-mail address or staff number.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def revoke(number: int, login: str, as_json: bool) -> None:
    """End a key with its next request."""
    try:
        with writing():
            tokens.revoke(_person(login).id, number, by_id=None, now=clock.now())
    except DomainError as error:
        raise CannotRun(error.message) from error
    revoked = {"number": number, "revoked": True}
    click.echo(json.dumps(revoked) if as_json else f"Key {number} opens nothing any more.")


def _line(row: ApiToken) -> str:
    ended = "revoked" if row.revoked_at else f"until {row.expires_at:%Y-%m-%d}"
    used = f"last used {row.last_used_on}" if row.last_used_on else "never used"
    return f"{row.id}\t{row.shown_start}…{row.shown_end}\t{ended}\t{used}\t{row.name}\t{row.scopes}"


def _facts(row: ApiToken) -> dict[str, Any]:
    days = {"expires_at": row.expires_at, "revoked_at": row.revoked_at, "last_used_on": row.last_used_on}
    return {
        "number": row.id, "name": row.name, "starts": row.shown_start, "ends": row.shown_end,
        "scopes": row.scopes.split(), **{name: day and day.isoformat() for name, day in days.items()},
    }  # fmt: skip


def _person(login: str) -> Person:
    found = queries.person_by_login(login)
    if found is None or not found.active:
        raise CannotRun(f"Nobody here has the e-mail address or staff number {login!r}.")
    return found
