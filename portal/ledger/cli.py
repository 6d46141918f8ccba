"""`flask ledger …`: is it whole, give it to another program, note its head outside."""

import json

import click

from portal.errors import DomainError
from portal.ledger import export as exporting
from portal.ledger import verify as verifying
from portal.ledger.postings import read_anchor


@click.group("ledger")
def ledger() -> None:
    """The ledger of points."""


@ledger.command("verify")
@click.option("--anchor", metavar="SEQ:HASH", help="A head noted earlier, outside the database.")
@click.option("--since", type=click.IntRange(min=1), metavar="SEQ", help="Trust everything up to this entry.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def verify(anchor: str | None, since: int | None, as_json: bool) -> None:
    """Recompute everything; ends with 2 if something is broken and names the first broken entry."""
    try:
        report = verifying.verify(since=since, anchor=read_anchor(anchor) if anchor else None)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(_as_json(report) if as_json else _as_text(report))
    if not report.ok:
        raise SystemExit(2)


@ledger.command("export")
@click.option("--format", "form", type=click.Choice(exporting.FORMATS), required=True)
def export(form: str) -> None:
    """Write the whole ledger to standard output. It names accounts, not people."""
    for line in exporting.lines(form):
        click.echo(line)


@ledger.command("head")
def head() -> None:
    """Print the newest link as SEQ:HASH. Keep it outside: `ledger verify --anchor` compares with it."""
    seq, newest = verifying.head()
    click.echo(f"{seq}:{newest}")


def _as_text(report: verifying.Report) -> str:
    if report.ok:
        return f"The ledger holds: {report.checked} entries checked.\nHead {report.anchor}"
    broken = f"first broken entry {report.first_broken}" if report.first_broken is not None else "no single entry"
    found = [f"The ledger is broken: {broken}.", *(f"- {problem.sentence}" for problem in report.problems)]
    return "\n".join(found)


def _as_json(report: verifying.Report) -> str:
    problems = [{"seq": one.seq, "code": one.code, "message": one.sentence} for one in report.problems]
    facts = {
        "ok": report.ok,
        "checked": report.checked,
        "head": report.anchor,
        "first_broken": report.first_broken,
        "problems": problems,
    }
    return json.dumps(facts)
