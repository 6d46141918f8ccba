"""`flask impact verify-plans`: was anything that is registered changed?"""

import json

import click
from flask.cli import with_appcontext

from portal.impact.cli import impact
from portal.impact.plan_queries import broken_hashes

__all__ = ["impact"]


@impact.command("verify-plans")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_appcontext
def verify_plans(as_json: bool) -> None:
    """Work the hash of every registered plan out again. Ends with 2 if one does not hold."""
    broken = list(broken_hashes())
    if as_json:
        click.echo(json.dumps({"fine": not broken, "broken": [commitment for commitment, _ in broken]}))
    elif not broken:
        click.echo("Every plan is as it was registered.")
    for commitment, _ in () if as_json else broken:
        click.echo(f"The plan of promise {commitment} is not what was registered.", err=True)
    if broken:
        raise SystemExit(2)
