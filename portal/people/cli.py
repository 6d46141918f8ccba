"""`flask person …` and `flask import people`."""

import json
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import current_app
from sqlalchemy import select

from portal import clock
from portal.db import db, writing
from portal.errors import DomainError
from portal.people import codes, directory, first_start, imports, queries, service
from portal.people.addresses import is_full_address, is_staff_number
from portal.people.code_rules import as_printed, lasts_in_words
from portal.people.models import Person, Place
from portal.people.people_changes import Plan
from portal.people.people_csv import ROWS_MAX_COMMAND, decoded
from portal.people.roles import CodePurpose, PlaceKind, Role
from portal.people.sessions import keyed_hash

PROBLEMS_PRINTED_MAX = 200


class CannotRun(click.ClickException):
    """One sentence on stderr, exit 1."""

    exit_code = 1


@click.group("person")
def person() -> None:
    """People: add one, list them, let one go."""


@person.command("create")
@click.argument("email")
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--role", "roles", multiple=True, default=("frontline",), help="May be given several times.")
@click.option("--scope", help="The place where they stand and hold the roles: a name, or Site/Team.")
@click.option("--staff-number", help="They may sign in with it too.")
@click.option("--organisation", help="Make the organisation of this name if there is none.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def create(
    email: str, name: str, roles: tuple[str, ...], scope: str | None, staff_number: str | None,
    organisation: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Add a person and print, once, the code with which they come in."""
    given = [_role(role) for role in roles]
    if not is_full_address(email):
        raise CannotRun(f"{email!r} is not a full address. Write it like name@company.example.")
    if staff_number and not is_staff_number(staff_number):
        raise CannotRun("A staff number is one word without an @.")
    now = clock.now()
    try:
        with writing():
            place = _place(scope, organisation)
            made = service.create_person(name, place, email=email, staff_number=staff_number, now=now, by_id=None)
            for role in given:
                service.grant(made, role, place, by_id=None, now=now)
            code = codes.issue(CodePurpose.FIRST_SIGN_IN, person_id=made.id, seal=keyed_hash, now=now) or ""
            where, number = place.name, made.id
    except DomainError as error:
        raise CannotRun(error.message) from error
    config = current_app.config["SAYSO"]
    if as_json:
        click.echo(
            json.dumps({"number": number, "name": name, "place": where, "roles": given, "code": as_printed(code)})
        )
        return
    click.echo(f"{name} is here, at {where}, as {', '.join(role.label.lower() for role in given)}.")
    click.echo(
        f"One-time code: {as_printed(code)}   (works for {lasts_in_words(CodePurpose.FIRST_SIGN_IN)}, shown once)"
    )
    click.echo(f"They choose a password at {config.base_url}/code")
    if config.demo:
        click.echo("Note: with real people in this database, DEMO=1 will not start again.", err=True)


@person.command("first-code")
def first_code() -> None:
    """Print a fresh code for the first administrator; the earlier one stops working."""
    with writing():
        code = first_start.first_code(clock.now())
    if code is None:
        raise CannotRun("Somebody administers Sayso already. They can give the role, or print a code, under People.")
    base_url, lasts = current_app.config["SAYSO"].base_url, lasts_in_words(CodePurpose.FIRST_ADMINISTRATOR)
    click.echo(code)
    click.echo(f"Type it at {base_url}/setup/first-administrator within {lasts}.")
    click.echo(f"It also stands in {first_start.code_file()}.")


@person.command("deactivate")
@click.argument("login")
def deactivate(login: str) -> None:
    """Somebody has left: they are signed out everywhere with the next click."""
    try:
        with writing():
            found = queries.person_by_login(login)
            if found is None:
                raise CannotRun(f"Nobody here has the e-mail address or staff number {login!r}.")
            name, was_active = found.name, found.active
            service.deactivate(found, by_id=None, now=clock.now())
    except DomainError as error:
        raise CannotRun(error.message) from error
    click.echo(f"{name} is deactivated." if was_active else f"{name} had left already.")


@person.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_people(as_json: bool) -> None:
    """Everybody who works here, with their roles."""
    rows = [_facts(row) for row in queries.everybody()]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['name']}  {row['email'] or row['staff_number']}  {row['place']}  {', '.join(row['roles'])}")


@click.command("people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what the file would do, and do nothing.")
@click.option("--only-good", is_flag=True, help="Import the good rows and leave out the others.")
@click.option("--deactivate-missing", is_flag=True, help="People of earlier files who are missing here have left.")
@click.option("--yes", is_flag=True, help="Do not ask when more than a tenth of everybody would leave.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_people(
    file: Path, dry_run: bool, only_good: bool, deactivate_missing: bool, yes: bool, as_json: bool
) -> None:
    """Import people from a CSV file. Ends with 2 if rows have problems and nothing was saved."""
    try:
        text = decoded(file.read_bytes())
        parsed = imports.parsed_file(text, rows_max=ROWS_MAX_COMMAND)
        made = imports.dry_run(parsed, deactivate_missing=deactivate_missing)
        stopped = dry_run or bool(made.problems and not only_good)
        if not stopped:
            leaving = _agreed(made, yes=yes)
            choices = imports.Choices(only_good, deactivate_missing, leaving)
            with writing():
                now = clock.now()
                missing = deactivate_missing
                kept = imports.keep_file("", file.name, deactivate_missing=missing, by_id=None, now=now, of=text)
                made = imports.apply(parsed, kept, choices, by_id=None, now=now)
    except DomainError as error:
        raise CannotRun(error.message) from error
    _report(imports.summary(parsed, made), made, parsed.ignored, saved=not stopped, as_json=as_json)
    if made.problems and stopped:
        raise SystemExit(2)


def _agreed(made: Plan, *, yes: bool) -> int:
    count = len(made.leaving)
    if made.needs_a_word and not yes:
        question = f"{count} of {made.colleagues} people would be deactivated. Go on?"
        if not click.confirm(question, default=False, err=True):
            raise CannotRun("Nothing has been saved.")
    return count


def _report(facts: dict[str, Any], made: Plan, ignored: list[str], *, saved: bool, as_json: bool) -> None:
    sentences = [problem.sentence for problem in made.problems[:PROBLEMS_PRINTED_MAX]]
    if as_json:
        click.echo(json.dumps(facts | {"saved": saved, "ignored_columns": ignored, "problems": sentences}))
        return
    verb = "" if saved else "would be "
    click.echo(f"{facts['rows']:,} rows read: {facts['new']:,} {verb}added, {facts['changed']:,} {verb}changed, "
               f"{facts['leaving']:,} {verb}deactivated, {facts['unchanged']:,} as they were, "
               f"{facts['rows_with_problems']:,} with problems.")  # fmt: skip
    if facts["new_places"]:
        click.echo(f"New places: {', '.join(facts['new_places'])}")
    if ignored:
        click.echo(f"Columns without a use here: {', '.join(ignored)}")
    for sentence in sentences:
        click.echo(sentence, err=True)
    if len(made.problems) > len(sentences):
        click.echo(f"And {len(made.problems) - len(sentences):,} more problems.", err=True)
    if not saved:
        click.echo("Nothing has been saved.")


def _role(word: str) -> Role:
    try:
        return Role(word.strip().lower().replace("-", "_").replace(" ", "_"))
    except ValueError:
        raise CannotRun(f"{word!r} is not a role. Use one of: {', '.join(Role)}.") from None


def _place(scope: str | None, organisation: str | None) -> Place:
    top = queries.organisation()
    if top is None:
        if not organisation:
            raise CannotRun("There is no organisation yet. Add --organisation NAME to make it.")
        zone = current_app.config["SAYSO"].timezone
        top = service.add_place(PlaceKind.ORGANISATION, organisation, timezone=zone)
    if not scope:
        return top
    names = directory.place_names()
    wanted = [part.strip().casefold() for part in scope.strip("/").split("/")]
    full = {place: _line(place, names) for place in db.session.scalars(select(Place).order_by(Place.path))}
    found = [place for place, line in full.items() if [name.casefold() for name in line][-len(wanted) :] == wanted]
    if len(found) == 1:
        return found[0]
    candidates = found or list(full)
    _no_such_place(scope, ["/".join(full[place]) for place in candidates[:30]], ambiguous=bool(found))


def _no_such_place(scope: str, candidates: list[str], *, ambiguous: bool) -> NoReturn:
    words = "is the name of several places" if ambiguous else "is not a place here"
    raise CannotRun(f"{scope!r} {words}. Use one of: {'; '.join(candidates)}.")


def _line(place: Place, names: dict[int, str]) -> list[str]:
    return [names[int(part)] for part in place.path.strip("/").split("/")]


def _facts(row: Any) -> dict[str, Any]:
    found: Person = row[0]
    return {
        "id": found.id, "name": found.name, "email": found.email, "staff_number": found.staff_number,
        "place": row[1], "roles": row[2], "has_password": found.password_hash is not None,
    }  # fmt: skip
