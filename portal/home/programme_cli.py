"""Commands of the programme page."""

import json
import time

import click

from portal import clock
from portal.home import programme_jobs

programme = click.Group("programme", help="The figures of the programme page.")


@programme.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def rebuild(as_json: bool) -> None:
    """Work the figures of the weeks shown out again, from the votes and ideas themselves. Can be run at any time."""
    began = time.monotonic()
    reads = programme_jobs.rebuild(now=clock.now(), tell=lambda words: None if as_json else click.echo(words))
    seconds = round(time.monotonic() - began, 1)
    click.echo(json.dumps({"reads": reads, "seconds": seconds}) if as_json else f"done in {seconds} s")
