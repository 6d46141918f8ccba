"""`flask ledger …`: is it whole, give it to another program, note its head outside."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.errors import DomainError
from portal.ledger import export as exporting
from portal.ledger import jobs
from portal.ledger import verify as verifying
from portal.ledger.anchor_rules import Noted
from portal.ledger.checking import COMMAND
from portal.ledger.postings import read_anchor


@click.group("ledger")
def ledger() -> None:
    """The ledger of points."""


@ledger.command("verify")
@click.option("--anchor", metavar="SEQ:HASH", help="A head noted earlier, outside the database.")
@click.option("--since", type=click.IntRange(min=1), metavar="SEQ", help="Trust everything up to this entry.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def verify(anchor: str | None, since: int | None, as_json: bool) -> None:
    """Recompute everything; ends with 2 if something is broken and names the first broken entry.

    Without --anchor and --since what is found is kept: points stand still from a broken ledger until a whole one.
    """
    with _one_sentence():
        report = _verified(since, read_anchor(anchor) if anchor else None)
    click.echo(_as_json(report) if as_json else _as_text(report))
    if not report.ok:
        raise SystemExit(2)


@ledger.command("accept-rollback")
@click.option("--reason", required=True, help="Why an older state was put back; stands in the audit trail.")
def accept_rollback(reason: str) -> None:
    """Let points move again after an older backup was put back on purpose; later anchors no longer count."""
    with _one_sentence():
        noted = jobs.accept_rollback(reason, now=clock.now())
    click.echo(f"Accepted: the ledger ends at entry {noted.seq}, and points move again.\nHead {noted.seq}:{noted.hash}")


@ledger.command("anchor")
def anchor_now() -> None:
    """Note today's head outside now, instead of tonight, wherever the settings say."""
    with _one_sentence():
        report = jobs.checked(COMMAND, now=clock.now(), whole=False)
        if report.ok and report.seq:
            jobs.anchor(Noted(report.seq, report.hash, clock.now()), now=clock.now())
    click.echo(_as_text(report))
    if not report.ok:
        raise SystemExit(2)


@ledger.command("export")
@click.option("--format", "form", type=click.Choice(exporting.FORMATS), required=True,
              help="Of which bookkeeping program, or a table.")  # fmt: skip
def export(form: str) -> None:
    """Write the whole ledger to standard output. It names accounts, not people."""
    with _one_sentence():
        for line in exporting.lines(form):
            click.echo(line)


@ledger.command("head")
def head() -> None:
    """Print the newest link as SEQ:HASH. Keep it outside: `ledger verify --anchor` compares with it."""
    with _one_sentence():
        seq, newest = verifying.head()
    click.echo(f"{seq}:{newest}")


def _verified(since: int | None, anchor: tuple[int, str] | None) -> verifying.Report:
    if since is None and anchor is None:
        return jobs.checked(COMMAND, now=clock.now(), whole=True)
    # A mistyped anchor must not stop anybody's points: what is asked with one is answered and not kept.
    return verifying.verify(since=since, noted=[Noted(*anchor)] if anchor else [])


@contextmanager
def _one_sentence() -> Iterator[None]:
    """What cannot be done ends with status 1 and one sentence."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(error.message) from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise click.ClickException(f"The ledger cannot be read: {reason}") from error
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
        raise click.ClickException(f"The file of anchors cannot be used: {reason}") from error


def _as_text(report: verifying.Report) -> str:
    if report.ok:
        entries = "1 entry" if report.checked == 1 else f"{report.checked} entries"
        return f"The ledger holds: {entries} checked.\nHead {report.anchor}"
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
