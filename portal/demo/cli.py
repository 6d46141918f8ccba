"""Commands of the demonstration."""

import click

from portal import clock
from portal.db import writing
from portal.demo.load import load_demo
from portal.errors import DomainError

demo = click.Group("demo", help="A fictional organisation to look around in.")


@demo.command("load")
@click.option(
    "--seed", type=int, default=7, show_default=True, help="The same seed on the same day gives the same firm."
)
def load(seed: int) -> None:
    """Load the demo organisation into an empty database."""
    try:
        with writing():
            line = load_demo(now=clock.now(), seed=seed)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(line)
