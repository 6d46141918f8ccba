"""`flask impact run`, `verify` and `self-check`: what the worker does, by hand, and whether it can be done again."""

import json
import secrets

import click
from flask.cli import with_appcontext

from portal import clock
from portal.db import db
from portal.errors import DomainError
from portal.impact.self_check_rules import Alarms

AT_ONCE = 50


@click.command("run")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_appcontext
def run_now(as_json: bool) -> None:
    """Let every locked day speak that has come; twice says nothing new."""
    from portal.impact import jobs

    spoken: list[dict] = []

    def tell(kept) -> None:  # type: ignore[no-untyped-def]
        spoken.append({"estimate": kept.id, "plan": kept.plan_id, "day": kept.day, "decision": kept.decision})
        if not as_json:
            click.echo(f"Estimate {kept.id}, day {kept.day}: {kept.decision}.")

    jobs.run_due(now=clock.now(), tell=tell)
    if as_json:
        click.echo(json.dumps({"spoken": spoken}))
    elif not spoken:
        click.echo("No locked day has come.")


@click.command("verify")
@click.argument("number", type=int, required=False)
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_appcontext
def verify(number: int | None, as_json: bool) -> None:
    """Make stored estimates again from the revisions that they saw: of promise NUMBER, or all.

    Ends with 2 if one of them does not come out the same.
    """
    from portal.impact import verdict_queries, verdicts

    wrong: list[dict] = []
    count, after = 0, None
    while True:
        if number is not None:
            some = list(verdict_queries.estimates_of(number)) if count == 0 else []
        else:
            some = list(verdict_queries.estimates_page(after=after, limit=AT_ONCE))
        if not some:
            break
        after, count = some[-1].id, count + len(some)
        wrong += [{"estimate": one.id, "differs": words} for one in some if (words := verdicts.differs(one))]
        db.session.expunge_all()
    _told(count, wrong, as_json)


@click.command("self-check")
@click.option("--seed", type=int, help="The lot of an earlier check, to make it again.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_appcontext
def self_check(seed: int | None, as_json: bool) -> None:
    """Pretend go-lives on the own history: how often is a change called where nothing happened?

    Ends with 2 if that is more often than in 8 % of cases, or there is too little history to say.
    """
    from portal.impact import jobs, self_check_queries

    lot = secrets.randbelow(2**31) if seed is None else seed

    def tell(checked, done: int, of: int) -> None:  # type: ignore[no-untyped-def]
        if not as_json:
            words = self_check_queries.rate_words(checked.alarms)
            click.echo(f"{done} of {of}: metric {checked.metric_id}, {checked.alarms.runs} tried, called: {words}.")

    try:
        found = jobs.run_self_check(seed=lot, now=clock.now(), tell=tell)
    except DomainError as error:
        click.echo(error.message, err=True)
        raise SystemExit(1) from None
    if found is None:
        click.echo("No metric has daily or weekly values yet.", err=True)
        raise SystemExit(1)
    check = self_check_queries.newest_check()
    assert check is not None
    alarms = Alarms(check.runs, check.alarms)
    told = {"check": check.id, "seed": lot, "runs": alarms.runs, "alarms": alarms.alarms, "passed": alarms.passed}
    words = f"{alarms.alarms} of {alarms.runs} called: {self_check_queries.rate_words(alarms)}."
    click.echo(json.dumps(told) if as_json else words)
    if not alarms.passed:
        raise SystemExit(2)


def _told(count: int, wrong: list[dict], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"made_again": count, "wrong": wrong}))
    else:
        for one in wrong:
            click.echo(f"Estimate {one['estimate']}: {one['differs']}", err=True)
        click.echo(f"{count} made again, {len(wrong)} not the same.")
    if wrong:
        raise SystemExit(2)


COMMANDS = (run_now, verify, self_check)
