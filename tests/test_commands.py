"""Every command of ours says what it does, and a program can read its answer."""

from collections.abc import Iterator

import click
from flask import Flask

# What runs until it is ended, answers with a file or one value, or says nothing that the exit code does not.
WITHOUT_JSON = {
    "start", "serve", "worker resume", "ledger export", "ledger head", "ledger anchor", "ledger accept-rollback",
    "budget erase", "metric starter", "person deactivate", "person first-code", "swarm hour-cost",
}  # fmt: skip
NOT_OURS = {"db", "run", "shell", "routes"}


def commands(group: click.Group, *named: str) -> Iterator[tuple[str, click.Command]]:
    """Every command of ours with its whole name."""
    for name, command in group.commands.items():
        if named or name not in NOT_OURS:
            if isinstance(command, click.Group):
                yield from commands(command, *named, name)
            if not isinstance(command, click.Group) or command.invoke_without_command:
                yield " ".join((*named, name)), command


def test_every_command_and_option_has_its_help(app: Flask) -> None:
    silent = [name for name, command in commands(app.cli) if not command.help]
    options = [
        f"{name} {option.name}"
        for name, command in commands(app.cli)
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]

    assert silent == []
    assert options == []


def test_a_program_can_read_what_every_command_answers(app: Flask) -> None:
    without = {
        name for name, command in commands(app.cli) if not any("--json" in option.opts for option in command.params)
    }

    assert without == WITHOUT_JSON
