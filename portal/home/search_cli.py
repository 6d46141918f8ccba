"""Commands of search."""

import json
import time

import click

from portal.home import search_jobs

search = click.Group("search", help="The index of what can be found.")


@search.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def rebuild(as_json: bool) -> None:
    """Index everything that is said; what is right already is left alone. Can be run at any time, and again."""
    began = time.monotonic()
    added, read = search_jobs.rebuild(lambda words: None if as_json else click.echo(words))
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        click.echo(json.dumps({"added": added, "texts": read, "seconds": seconds}))
    else:
        click.echo(f"{added:,} texts added, the words of {read:,} counted, in {seconds} s")
