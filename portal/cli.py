"""The command line: `flask --app wsgi GROUP COMMAND`."""

import click
from flask import Flask, current_app

from portal import clock

imports = click.Group("import", help="Bring data in: people, metrics, conversations.")


def register(app: Flask) -> None:
    """Add every command group."""
    from portal.metrics import cli as metrics

    imports.add_command(metrics.import_metrics)
    for command in (worker, doctor, imports, metrics.group):
        app.cli.add_command(command)


@click.command("worker")
@click.option("--once", is_flag=True, help="Deliver what is waiting, then stop.")
def worker(once: bool) -> None:
    """Deliver the outbox and run what is due."""
    from portal import worker as loop

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if once:
        click.echo(f"{loop.run_once(app)} messages handled")
    else:
        loop.run_forever(app)


@click.command("doctor")
def doctor() -> None:
    """Look at everything the portal stands on; ends with 2 if something is wrong."""
    from portal.home import readiness

    checks = readiness.checks(current_app, now=clock.now())  # type: ignore[arg-type]
    for check in checks:
        click.echo(f"{'ok   ' if check.fine else 'WRONG'} {check.name}: {check.words}")
    if not all(check.fine for check in checks):
        raise SystemExit(2)
