"""Real databases for tests: a migrated template of each kind, copied for every test."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from flask import Flask
from sqlalchemy import URL, event, make_url

from config import Config
from portal.app import create_app
from portal.db import db
from portal.web import later
from portal.web.limits import limiter
from tests.factories import Cast, make_cast

SECRET = "a secret that only the tests know, long enough"


def test_config(url: str, instance: Path, **over: object) -> Config:
    """A configuration for one test database."""
    settings: dict[str, object] = {"rate_limits": False, "testing": True} | over
    return Config(database_url=url, secret_key=SECRET, instance=instance, **settings)  # type: ignore[arg-type]


def migrate(url: str, instance: Path) -> None:
    """Bring an empty database to the newest migration, as `flask db upgrade` does."""
    from flask_migrate import upgrade

    app = create_app(test_config(url, instance))
    with app.app_context():
        upgrade()
        db.engine.dispose()


class SqliteCopies:
    """Copies of one migrated SQLite file, and of one that holds the standing cast."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite3"
        self._peopled = folder / "peopled.sqlite3"
        self._cast: Cast | None = None
        migrate(f"sqlite:///{self._template}", folder)
        _checkpoint(self._template)

    def new(self, folder: Path, *, with_cast: bool = False) -> str:
        """The address of a fresh copy."""
        if with_cast:
            self.cast()
        path = folder / f"{uuid4().hex}.sqlite3"
        shutil.copyfile(self._peopled if with_cast else self._template, path)
        return f"sqlite:///{path}"

    def cast(self) -> Cast:
        """The ids of the standing cast, in an object of the caller's own."""
        if self._cast is None:
            shutil.copyfile(self._template, self._peopled)
            self._cast = people(f"sqlite:///{self._peopled}", self._folder)
            _checkpoint(self._peopled)
        return deepcopy(self._cast)

    def drop(self, url: str) -> None:
        """The folder goes with the test."""

    def close(self) -> None:
        """Nothing is held open."""


class PostgresCopies:
    """Databases made from one migrated PostgreSQL template, and from one that holds the standing cast."""

    kind = "postgres"

    def __init__(self, server: str, folder: Path) -> None:
        self._server, self._folder = server, folder
        self._template = f"template_{uuid4().hex[:10]}"
        self._peopled = f"{self._template}_peopled"
        self._cast: Cast | None = None
        # One connection for all of them: with a new one each, making and dropping took a third longer.
        self._caretaker = psycopg.connect(f"{server}/postgres", autocommit=True)
        self._run(f'CREATE DATABASE "{self._template}"')
        migrate(self._url(self._template), folder)

    def new(self, folder: Path, *, with_cast: bool = False) -> str:
        """The address of a fresh copy."""
        if with_cast:
            self.cast()
        return self._copy(self._peopled if with_cast else self._template, f"test_{uuid4().hex[:12]}")

    def cast(self) -> Cast:
        """The ids of the standing cast, in an object of the caller's own."""
        if self._cast is None:
            self._cast = people(self._copy(self._template, self._peopled), self._folder)
        return deepcopy(self._cast)

    def drop(self, url: str) -> None:
        """Remove the copy, whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')

    def _copy(self, template: str, name: str) -> str:
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"{self._server.replace('postgresql://', 'postgresql+psycopg://')}/{name}"

    def close(self) -> None:
        """Nothing more is asked of it."""
        self._caretaker.close()

    def _run(self, statement: str) -> None:
        self._caretaker.execute(statement)  # type: ignore[call-overload]


def people(url: str, instance: Path) -> Cast:
    """Put the standing cast into a database."""
    app = create_app(test_config(url, instance))
    cast = make_cast(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return cast


class MovableApp:
    """An application whose engine connects to whichever database it was last moved to."""

    def __init__(self, url: str, folder: Path, add: Callable[[Flask], None] = lambda _app: None) -> None:
        """add: puts routes into it before its first request."""
        self._app = create_app(test_config(url, folder))
        add(self._app)
        self._settings = dict(self._app.config)
        with self._app.app_context():
            self._engine = db.engine
        self._target: URL = self._engine.url
        event.listen(self._engine, "do_connect", self._aim)

    def move(self, url: str, instance: Path) -> Flask:
        """The application, on this database and with these files, its settings as they were."""
        self._target = self._engine.url = make_url(url)
        config = test_config(url, instance)
        self._app.config.clear()
        self._app.config.update(self._settings, SAYSO=config, SHOW_ERRORS=True, SQLALCHEMY_DATABASE_URI=url)
        limiter.enabled = False  # one for the process: another application of a test may have switched it on
        return self._app

    @contextmanager
    def lent(self, url: str, instance: Path) -> Iterator[Flask]:
        """As `move`; at the end nothing of it is connected or still at work."""
        with given_back(self.move(url, instance)) as app:
            yield app

    def _aim(self, dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> None:
        where, named = dialect.create_connect_args(self._target)
        arguments[:] = where
        options.update({name: value for name, value in named.items() if name != "timeout"})


@contextmanager
def given_back(app: Flask) -> Iterator[Flask]:
    """An application of which nothing is connected or still at work when the block ends."""
    yield app
    later.stop()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class PostgresServer:
    """A PostgreSQL of our own on a free port of 127.0.0.1, without durability, for the length of a test run."""

    def __init__(self) -> None:
        # In memory where there is room: making and dropping a database for each test is nearly all file work.
        self._folder = Path(tempfile.mkdtemp(prefix="sayso-postgres-", dir=memory()))
        self._as = _unprivileged()
        if self._as:
            shutil.chown(self._folder, self._as)
        self.port = _free_port()
        self._call(
            "initdb",
            "-D",
            str(self._data),
            "-U",
            "sayso",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        options = (
            f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off "
            "-c synchronous_commit=off -c max_connections=200 -c shared_buffers=128MB -c autovacuum=off "
            "-c wal_level=minimal -c max_wal_senders=0"
        )
        self._call("pg_ctl", "-D", str(self._data), "-l", str(self._folder / "log"), "-o", options, "-w", "start")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"postgresql://sayso@127.0.0.1:{self.port}"

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def stop(self) -> None:
        """End it and remove its files."""
        self._call("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(postgres_programs() / program), *arguments]
        if self._as:
            command = ["runuser", "-u", self._as, "--", *command]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd="/", env=_quiet_env(), timeout=120, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}")


def postgres_programs() -> Path:
    """The folder of initdb and pg_ctl; a sentence where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        sys.exit("PostgreSQL is missing. Install Debian's package postgresql, then run make test again.")
    return found[-1].parent


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: as root it runs as the user that Debian's package made."""
    return "postgres" if os.getuid() == 0 else None


def memory() -> str | None:
    """The folder of files kept in memory, if it has two gigabytes to spare."""
    folder = "/dev/shm"
    roomy = os.path.isdir(folder) and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 2 << 30
    return folder if roomy else None


def _quiet_env() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _checkpoint(path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
