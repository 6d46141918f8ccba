"""The command line: `flask --app wsgi GROUP COMMAND`."""

import json
from dataclasses import asdict

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal import clock

imports = click.Group("import", help="Bring data in: people, metrics, earlier ideas, conversations.")


def register(app: Flask) -> None:
    """Add every command group."""
    from portal.demo.cli import demo
    from portal.frontline.cli import shifts
    from portal.home.programme_cli import programme
    from portal.home.search_cli import search
    from portal.ideas import import_cli as ideas
    from portal.impact import verdict_cli
    from portal.impact.plan_cli import impact  # the group, with what stands in this file added
    from portal.ledger.cli import ledger
    from portal.metrics import cli as metrics
    from portal.people import cli as people
    from portal.people.token_cli import token
    from portal.rewards.cli import budget
    from portal.swarm.cli import polis, swarm

    for command in (people.import_people, metrics.import_metrics, ideas.import_ideas, ideas.undo_ideas, polis):
        imports.add_command(command)
    for command in verdict_cli.COMMANDS:
        impact.add_command(command)
    groups = (demo, imports, people.person, token, metrics.group, swarm, search, impact, programme, ledger, budget,
              shifts)  # fmt: skip
    for command in (start, serve, worker, doctor, *groups):
        app.cli.add_command(command)


@click.command("start")
def start() -> None:
    """Get everything ready, then run web server and worker until the process is asked to end."""
    from portal import serving
    from portal.start import prepare

    app = _app()
    serving.serve(app, prepare(app, now=clock.now()), with_worker=True)


@click.command("serve")
def serve() -> None:
    """Run the web server alone; migrations and worker are run apart."""
    from portal import serving
    from portal.start import check

    app = _app()
    serving.serve(app, check(app), with_worker=False)


@click.group("worker", invoke_without_command=True)
@click.option("--once", is_flag=True, help="Deliver what is waiting, then stop.")
@click.option("--json", "as_json", is_flag=True, help="With --once: one JSON object.")
@click.option("--parent", type=int, metavar="PID", help="End when this process, which started the worker, is gone.")
@click.pass_context
def worker(context: click.Context, once: bool, as_json: bool, parent: int | None) -> None:
    """Deliver the outbox and run what is due."""
    from portal import worker as loop

    if context.invoked_subcommand is not None:
        return
    if once:
        handled = loop.run_once(_app())
        click.echo(json.dumps({"handled": handled}) if as_json else f"{handled} messages handled")
    else:
        loop.run_forever(_app(), parent=parent)


@worker.command("resume")
@with_appcontext
def resume() -> None:
    """Say that a clock that has jumped is right: what is due by it starts within a minute."""
    from portal.db import writing
    from portal.home import worker_clock

    with writing():
        stops = worker_clock.go_on_all(now=clock.now())
    for stop in stops:
        click.echo(f"{stop.words}: it goes on.")
    if not stops:
        click.echo("Nothing is asked: no clock has jumped.")


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@with_appcontext
def doctor(as_json: bool) -> None:
    """Look at everything the portal stands on; ends with 2 if something is wrong."""
    from portal.home.doctor import examine

    found = examine(_app(), now=clock.now())
    fine = all(check.fine for check in found)
    if as_json:
        click.echo(json.dumps({"fine": fine, "checks": [asdict(check) for check in found]}))
    else:
        for check in found:
            click.echo(f"{'ok   ' if check.fine else 'WRONG'} {check.name}: {check.words}")
    if not fine:
        raise SystemExit(2)


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined]
