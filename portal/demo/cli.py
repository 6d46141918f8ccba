"""Commands of the demonstration."""

import json
import sys
from datetime import datetime

import click
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.db import db, writing
from portal.demo import bulk_load, bulk_size
from portal.demo.bulk_size import Size
from portal.demo.load import load_demo
from portal.errors import DomainError

NOTHING_KEPT = "Nothing was written. See to the cause and run it again; `make demo-reset` gives an empty database."

demo = click.Group("demo", help="A fictional organisation to look around in.")


@demo.command("load")
@click.option("--people", type=click.IntRange(*bulk_size.PEOPLE), help="Generate a firm with so many people.")
@click.option("--ideas", type=click.IntRange(*bulk_size.IDEAS), help="… so many ideas.")
@click.option("--votes", type=click.IntRange(*bulk_size.VOTES), help="… so many votes, changed ones included.")
@click.option("--days", type=click.IntRange(*bulk_size.DAYS), help="… over so many days until today.")
@click.option(
    "--seed", type=int, default=7, show_default=True, help="The same seed on the same day gives the same firm."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def load(
    people: int | None, ideas: int | None, votes: int | None, days: int | None, seed: int, as_json: bool
) -> None:  # fmt: skip
    """Load the demo organisation into an empty database.

    Without a size: the small firm with its stories. With one or more sizes: a generated firm, the other sizes in
    proportion.
    """
    now = clock.now()
    try:
        size = Size.read(people, ideas, votes, days, seed=seed)
        line = _small(now, seed) if size is None else _sized(size, now)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    except (SQLAlchemyError, OSError, MemoryError) as error:
        first = str(error).split("\n", 1)[0] or type(error).__name__
        raise click.ClickException(f"The load stopped ({first}). {NOTHING_KEPT}") from error
    click.echo(json.dumps({"loaded": line, "seed": seed}, ensure_ascii=False) if as_json else line)


def _small(now: datetime, seed: int) -> str:
    with writing():
        line = load_demo(now=now, seed=seed)
    bulk_load.let_be_found()
    return line


def _sized(size: Size, now: datetime) -> str:
    bulk_load.refuse_unless_empty()  # now, and not after minutes; `write` asks again
    db.session.rollback()
    firm = bulk_load.work_out(size, now=now, tell=_tell)
    with writing():
        line = bulk_load.write(firm, tell=_tell)
    bulk_load.let_be_found(tell=_tell)
    return line


def _tell(line: str) -> None:
    """How far it is, for somebody who waits; a program that reads the result is not disturbed."""
    if sys.stdout.isatty() or sys.stderr.isatty():
        click.echo(line, err=True)
