"""Databases of several sizes of both kinds, filled once and kept; every run works on a copy.

PostgreSQL keeps its data on the same disk as SQLite's files, with fsync, full_page_writes and synchronous_commit on:
a commit that has been acknowledged is on the disk in both.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from config import ROOT

SECRET = "a secret that only the bench knows, long enough"
PEOPLE_PER_IDEA, PEOPLE = 2, (200, 20_000)
VOTES_PER_IDEA, DAYS = 20, 1000
SEED = 7


class Refused(SystemExit):
    """The bench cannot go on; one sentence says why."""


def environment(url: str, port: int = 8000) -> dict[str, str]:
    """The settings of one process of the portal."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    told = {
        "DATABASE_URL": url, "SECRET_KEY": SECRET, "HOST": "127.0.0.1", "PORT": str(port), "DEMO": "0",
        "BASE_URL": f"http://127.0.0.1:{port}", "TRUSTED_PROXIES": "127.0.0.1", "API_PER_MINUTE": "1000000",
    }  # fmt: skip
    return kept | told


def flask(url: str, *words: str) -> None:
    """Run a command of the portal; raises Refused with its last line."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment(url), capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Refused(f"flask {' '.join(words)} could not be run: {' '.join(last)}")


def fill(url: str, ideas: int) -> None:
    """Migrate an empty database and load a generated firm into it."""
    people = min(PEOPLE[1], max(PEOPLE[0], ideas * PEOPLE_PER_IDEA))
    print(f"  filling {url.rpartition('/')[2]}: {people:,} people, {ideas:,} ideas, {ideas * VOTES_PER_IDEA:,} votes …")
    begun = time.monotonic()
    flask(url, "db", "upgrade")
    size = {"people": people, "ideas": ideas, "votes": ideas * VOTES_PER_IDEA, "days": DAYS, "seed": SEED}
    flask(url, "demo", "load", *[part for name, value in size.items() for part in (f"--{name}", str(value))])
    flask(url, "worker", "--once")
    print(f"  filled in {time.monotonic() - begun:.0f} s")


def shape() -> str:
    """What tells a kept database from one that this program would make: its migrations and the generator."""
    files = [*(ROOT / "migrations" / "versions").glob("*.py"), *(ROOT / "portal" / "demo").glob("*.py")]
    mark = hashlib.sha256()
    for file in sorted(files):
        mark.update(file.read_bytes())
    return mark.hexdigest()[:8]


class Sqlite:
    """SQLite files under the bench's folder."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "sqlite"
        self._folder.mkdir(parents=True, exist_ok=True)

    def copy(self, ideas: int) -> str:
        """The address of a working copy of a filled database of this size."""
        kept = self._folder / f"ideas_{ideas}_{shape()}.sqlite3"
        if not kept.exists():
            for outdated in self._folder.glob(f"ideas_{ideas}_*"):
                outdated.unlink()
            making = kept.with_suffix(".making")
            self._remove(making)
            fill(f"sqlite:///{making}", ideas)
            self._fold(making)
            making.rename(kept)
        work = self._folder / "work.sqlite3"
        self._remove(work)
        shutil.copyfile(kept, work)
        return f"sqlite:///{work}"

    def empty(self) -> str:
        """The address of an empty working copy."""
        work = self._folder / "work.sqlite3"
        self._remove(work)
        return f"sqlite:///{work}"

    def stop(self) -> None:
        """Remove the working copy."""
        self._remove(self._folder / "work.sqlite3")

    def _remove(self, path: Path) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)

    def _fold(self, path: Path) -> None:
        import sqlite3

        connection = sqlite3.connect(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


class Postgres:
    """A PostgreSQL of our own on a free port of 127.0.0.1, durable, its data kept under the bench's folder."""

    kind = "postgres"
    OPTIONS = "-c shared_buffers=512MB -c max_wal_size=4GB -c max_connections=100 -c listen_addresses=127.0.0.1"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "postgres"
        self._data = self._folder / "data"
        self._folder.mkdir(parents=True, exist_ok=True)
        # PostgreSQL refuses to run as root: as root it runs as the user that Debian's package made.
        self._as = "postgres" if os.getuid() == 0 else None
        if self._as:
            shutil.chown(self._folder, self._as)
        if not (self._data / "PG_VERSION").exists():
            self._call("initdb", "-D", str(self._data), "-U", "sayso", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        if (self._data / "postmaster.pid").exists():  # a run that was killed left it behind
            self._call("pg_ctl", "-D", str(self._data), "-m", "fast", "-w", "stop", must=False)
        self._port = free_port()
        options = f"-p {self._port} -k {self._folder} {self.OPTIONS}"
        self._call("pg_ctl", "-D", str(self._data), "-l", str(self._folder / "log"), "-o", options, "-w", "start")

    def copy(self, ideas: int) -> str:
        """The address of a working copy of a filled database of this size."""
        kept = f"ideas_{ideas}_{shape()}"
        if not self._there(kept):
            self._run('DROP DATABASE IF EXISTS "making"', *self._outdated(ideas), 'CREATE DATABASE "making"')
            fill(self._url("making"), ideas)
            self._vacuum("making")
            self._run(f'ALTER DATABASE "making" RENAME TO "{kept}"')
        self._run('DROP DATABASE IF EXISTS "work" WITH (FORCE)')
        self._run(f'CREATE DATABASE "work" TEMPLATE "{kept}" STRATEGY file_copy', "CHECKPOINT")
        return self._url("work")

    def empty(self) -> str:
        """The address of an empty working copy."""
        self._run('DROP DATABASE IF EXISTS "work" WITH (FORCE)', 'CREATE DATABASE "work"')
        return self._url("work")

    def stop(self) -> None:
        """Remove the working copy and end the server; what is filled stays."""
        self._run('DROP DATABASE IF EXISTS "work" WITH (FORCE)')
        self._call("pg_ctl", "-D", str(self._data), "-m", "fast", "-w", "stop")

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://sayso@127.0.0.1:{self._port}/{name}"

    def _there(self, like: str) -> list[str]:
        with psycopg.connect(self._url("postgres").replace("+psycopg", "")) as connection:
            found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like]).fetchall()
        return [str(name) for (name,) in found]

    def _outdated(self, ideas: int) -> list[str]:
        return [f'DROP DATABASE "{name}"' for name in self._there(f"ideas\\_{ideas}\\_%")]

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self._url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def _vacuum(self, name: str) -> None:
        # What autovacuum has done long before a database of this size has grown to it.
        with psycopg.connect(self._url(name).replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def _call(self, program: str, *arguments: str, must: bool = True) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
        if not found:
            raise Refused("PostgreSQL is missing: install Debian's package postgresql.")
        command = [str(found[-1]), *arguments]
        if self._as:
            command = ["runuser", "-u", self._as, "--", *command]
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", check=False
        )
        if done.returncode and must:
            hint = (
                f" The user {self._as} must be able to reach {self._folder}; --folder names another."
                if self._as
                else ""
            )
            raise Refused(f"{program} failed: {done.stderr.strip()}.{hint}")


KINDS: dict[str, type[Sqlite] | type[Postgres]] = {"sqlite": Sqlite, "postgres": Postgres}


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
