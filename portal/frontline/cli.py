"""Commands about shifts."""

import json

import click
from flask.cli import with_appcontext

from portal import clock
from portal.db import writing
from portal.frontline import seat_checks

shifts = click.Group("shifts", help="Shifts and their seats.")


@shifts.command("recount")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@with_appcontext
def recount(as_json: bool) -> None:
    """Set the counter of every shift to its seats that are booked; ends with 2 where one has more than seats."""
    mended = [wrong for wrong in seat_checks.miscounted() if _put_right(wrong.slot)]
    left = seat_checks.miscounted()
    if as_json:
        click.echo(json.dumps({"mended": [one.slot for one in mended], "left": [one.slot for one in left]}))
    else:
        for wrong in mended:
            click.echo(f"{wrong.sentence} Put right.")
        for wrong in left:
            click.echo(f"{wrong.sentence} More than it has seats: give it more, or take somebody out.", err=True)
        if not left:
            click.echo("Every shift counts the seats that are taken.")
    if left:
        raise SystemExit(2)


def _put_right(slot_id: int) -> bool:
    with writing():
        return bool(seat_checks.recount(slot_id, now=clock.now()))
