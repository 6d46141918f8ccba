"""Commands about shifts."""

import click
from flask.cli import with_appcontext

from portal import clock
from portal.db import writing
from portal.frontline import seat_checks

shifts = click.Group("shifts", help="Shifts and their seats.")


@shifts.command("recount")
@with_appcontext
def recount() -> None:
    """Set the counter of every shift to its seats that are booked; ends with 2 where one has more than seats."""
    for wrong in seat_checks.miscounted():
        with writing():
            if seat_checks.recount(wrong.slot, now=clock.now()):
                click.echo(f"{wrong.sentence} Put right.")
    left = seat_checks.miscounted()
    for wrong in left:
        click.echo(f"{wrong.sentence} More than it has seats: give it more, or take somebody out.", err=True)
    if left:
        raise SystemExit(2)
    click.echo("Every shift counts the seats that are taken.")
