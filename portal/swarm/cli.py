"""Commands of the swarm, and the import of public conversations."""

import json
from pathlib import Path

import click

from portal import clock
from portal.db import db, writing
from portal.errors import DomainError
from portal.ideas.models import Idea
from portal.keys import KEY_MAX
from portal.swarm import audit, parameters, queries
from portal.swarm import occurrence_service as occurrences
from portal.swarm.models import IdeaScore
from portal.swarm.parameter_queries import values_of
from portal.swarm.polis import Report, import_conversation
from portal.swarm.polis_csv import read_conversation
from portal.swarm.wording import sentence

swarm = click.Group("swarm", help="Scores: rebuild them, verify them, explain one.")


@swarm.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def rebuild(as_json: bool) -> None:
    """Compute every score again from the votes."""
    with writing():
        count = audit.rebuild(now=clock.now())
    click.echo(json.dumps({"ideas": count}) if as_json else f"{count} ideas with votes counted again")


@swarm.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def verify(as_json: bool) -> None:
    """Compare scores and promotions with the votes; ends with 2 if they disagree."""
    wrong = audit.verify()
    if as_json:
        click.echo(json.dumps({"agrees": not wrong, "disagreements": wrong}))
    else:
        click.echo("\n".join(wrong) or "scores and promotions agree with the votes")
    if wrong:
        raise SystemExit(2)


@swarm.command("parameters")
@click.option("--set", "wanted", multiple=True, metavar="NAME=VALUE", help="Change a parameter; may be repeated.")
@click.option("--reason", default="", help="Why; everybody can read it.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def show_parameters(wanted: tuple[str, ...], reason: str, as_json: bool) -> None:
    """The parameters in force; with --set a new version of them, in force at once."""
    if wanted:
        try:
            with writing():
                parameters.change(_numbers(wanted), reason, by_id=None, now=clock.now())
        except DomainError as error:
            raise click.ClickException(error.message) from error
    params = parameters.in_force()
    values = values_of(params)
    if as_json:
        click.echo(json.dumps({"version": params.version, "parameters": values}))
    else:
        click.echo("\n".join([f"version {params.version}", *(f"{name} = {value:g}" for name, value in values.items())]))


def _numbers(wanted: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for one in wanted:
        name, _, text = one.partition("=")
        try:
            found[name.strip()] = float(text)
        except ValueError as error:
            raise click.ClickException(f"{one!r} is not NAME=NUMBER") from error
    return found


@swarm.command("explain")
@click.argument("number", type=click.IntRange(1, KEY_MAX))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def explain(number: int, as_json: bool) -> None:
    """The sentence that staff see about idea NUMBER."""
    idea = db.session.get(Idea, number)
    if idea is None:
        raise click.ClickException(f"there is no idea {number}")
    score = db.session.get(IdeaScore, number)
    words = sentence(queries.numbers_of(idea, score)) if score else "Nobody has weighed in yet."
    click.echo(json.dumps({"idea": number, "sentence": words}, ensure_ascii=False) if as_json else words)


@swarm.command("hour-cost")
@click.argument("amount", type=float)
@click.argument("currency")
def hour_cost(amount: float, currency: str) -> None:
    """Say what an hour of work costs, such as 24.50 GBP: ideas then show what noted occurrences cost in a week."""
    try:
        with writing():
            occurrences.set_hour_cost(None, round(amount * 100), currency, now=clock.now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"an hour costs {currency} {amount:,.2f} from now on")


@click.command("polis")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def polis(folder: Path, as_json: bool) -> None:
    """Bring a public Polis conversation (comments.csv, votes.csv) into an empty database."""
    try:
        conversation = read_conversation(folder)
        with writing():
            report = import_conversation(conversation, now=clock.now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(json.dumps(_facts(report)) if as_json else _page(report))
    if not report.totals_agree or report.disagreements:
        raise SystemExit(2)


def _facts(report: Report) -> dict[str, object]:
    return {
        "name": report.name,
        "people": report.people,
        "comment_rows": report.comment_rows,
        "ideas": report.ideas,
        "withdrawn": report.withdrawn,
        "shortened": report.shortened,
        "unreadable_comments": report.bad_comments,
        "vote_rows": report.vote_rows,
        "votes": dict(report.outcomes),
        "unreadable_votes": report.bad_votes,
        "standing": dict(report.kinds),
        "promoted": report.promoted,
        "totals_agree": report.totals_agree,
        "disagreements": report.disagreements,
        "first": report.first,
    }


def _page(report: Report) -> str:
    out, kinds = report.outcomes, report.kinds
    lines = [
        f"{report.name}",
        f"{report.people} people in 24 teams on 6 sites",
        f"{report.comment_rows} statements read = {report.ideas} ideas + {len(report.bad_comments)} unreadable",
        f"  of the ideas {report.withdrawn} were moderated away (withdrawn),"
        f" {report.shortened} shortened to 600 characters",
        f"{report.vote_rows} votes read = {out['counted']} counted + {out['superseded']} changed later"
        f" + {out['own_idea']} on one's own statement (not stored)"
        f" + {out['closed']} on withdrawn statements (not stored)"
        f" + {out['unknown_statement']} on unknown statements + {len(report.bad_votes)} unreadable",
        f"{sum(kinds.values())} votes stand = {kinds['support']} support + {kinds['pass']} pass"
        f" + {kinds['stop']} stop signals",
        f"{report.promoted} ideas were promoted",
        "totals agree with the files" if report.totals_agree else "TOTALS DO NOT AGREE WITH THE FILES",
        "scores agree with the votes" if not report.disagreements else "\n".join(report.disagreements),
        "The first ten:",
        *(f"  {place}. number {number}: {title}" for place, (number, title) in enumerate(report.first, start=1)),
        *report.bad_comments[:20],
        *report.bad_votes[:20],
    ]
    return "\n".join(lines)
