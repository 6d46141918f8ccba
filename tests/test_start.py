"""Starting: what is refused in one sentence, what is told, and the server and worker as real processes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.app import create_app
from portal.db import db, writing
from portal.home import machine
from portal.start import CannotStart, check, prepare
from tests import databases
from tests.factories import NOON, make_cast

ROOT = Path(__file__).resolve().parents[1]
SECONDS_MAX = 30


MADE: list[Flask] = []


def application(folder: Path, url: str | None = None, **over: object) -> Flask:
    MADE.append(create_app(databases.test_config(url or f"sqlite:///{folder / 'new.sqlite3'}", folder, **over)))
    return MADE[-1]


@pytest.fixture(autouse=True)
def _connections_are_closed() -> Iterator[None]:
    yield
    while MADE:
        with MADE.pop().app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.mark.slow
def test_the_first_start_migrates_and_tells_the_first_administrators_code(tmp_path: Path) -> None:
    app = application(tmp_path)

    told = "\n".join(prepare(app, now=NOON))

    assert "http://127.0.0.1:8000/setup/first-administrator" in told
    assert re.search(r": [0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", told)
    assert (tmp_path / "first-administrator-code").stat().st_mode & 0o777 == 0o600


def test_once_somebody_administers_no_code_is_told(app: Flask) -> None:
    make_cast(app)

    told = "\n".join(prepare(app, now=NOON))

    assert "code" not in told


@pytest.mark.slow
def test_a_demonstration_starts_with_its_organisation_and_nothing_waiting(tmp_path: Path) -> None:
    app, now = application(tmp_path, demo=True), clock.now()

    told = "\n".join(prepare(app, now=now))
    again = prepare(app, now=now)

    assert all(role in told for role in ("frontline", "executive", "owner", "programme"))
    assert app.test_client().get("/readyz").status_code == 200
    assert app.test_client().get("/", follow_redirects=True).status_code == 200
    assert "\n".join(again) == told


def test_a_demonstration_does_not_start_among_real_people(tmp_path: Path, database_url: str) -> None:
    make_cast(application(tmp_path, database_url))

    refused(lambda: prepare(application(tmp_path, database_url, demo=True), now=NOON), "DEMO")


@pytest.mark.parametrize("begin", [lambda app: prepare(app, now=NOON), check])
def test_a_database_of_a_later_version_is_left_alone(app: Flask, begin: Callable[[Flask], object]) -> None:
    with app.app_context(), writing():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    refused(lambda: begin(app), "9999")


def test_the_web_server_alone_does_not_migrate(tmp_path: Path) -> None:
    refused(lambda: check(application(tmp_path)), "flask db upgrade")


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("sqlite:////proc/1/nowhere/sayso.sqlite3", "DATABASE_URL"),
        ("sqlite:///{folder}", "DATABASE_URL"),
        ("sqlite:///file:{folder}/there.sqlite3?mode=ro&uri=true", "write"),
        ("postgresql+psycopg://nobody@127.0.0.1:9/nothing", "DATABASE_URL"),
    ],
    ids=["no such folder", "a folder", "read-only", "no server"],
)
def test_a_database_that_cannot_be_used_is_one_sentence(tmp_path: Path, url: str, word: str) -> None:
    (tmp_path / "there.sqlite3").touch()

    refused(lambda: prepare(application(tmp_path, url.format(folder=tmp_path)), now=NOON), word)


def test_a_disk_shared_over_the_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/data {tmp_path} nfs4 rw 0 0\n")
    real = machine.file_system
    monkeypatch.setattr(machine, "file_system", lambda path: real(path, mounts))

    refused(lambda: prepare(application(tmp_path), now=NOON), "nfs4")


def test_the_nearest_mount_tells_the_kind_of_file_system(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda / ext4 rw 0 0\nx /srv/da\\040ta cifs rw 0 0\nx /srv xfs rw 0 0\nx /sr zfs rw 0 0\n")

    kinds = [machine.file_system(Path(path), mounts) for path in ("/home/a", "/srv/x", "/srv/da ta/x", "/srvx")]

    assert kinds == ["ext4", "xfs", "cifs", "ext4"]
    assert machine.file_system(Path("/"), tmp_path / "absent") == "unknown"


@pytest.mark.slow
def test_one_command_serves_and_works_and_ends_when_asked(tmp_path: Path) -> None:
    with started(tmp_path) as (process, port):
        worker = child_of(process.pid)
        answer = fetch(port, "/healthz")
        process.send_signal(signal.SIGTERM)
        status = process.wait(SECONDS_MAX)

    assert answer == 200
    assert status == 0
    until(lambda: has_ended(worker))


@pytest.mark.slow
def test_a_worker_that_dies_is_started_again_and_one_without_a_parent_ends(tmp_path: Path) -> None:
    with started(tmp_path) as (process, _port):
        first = child_of(process.pid)
        time.sleep(2.5)  # younger ones are left dead for a moment, so that a broken worker does not spin
        os.kill(first, signal.SIGKILL)
        until(lambda: child_of(process.pid, wait=False) not in (0, first))
        second = child_of(process.pid)
        process.kill()
        process.wait(SECONDS_MAX)

    until(lambda: has_ended(second))


@pytest.mark.slow
def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(command(), cwd=ROOT, env=environment(tmp_path, port), capture_output=True, text=True,
                              timeout=SECONDS_MAX, check=False)  # fmt: skip

    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


OURS = {"two lengths": "bad_request", "length and chunks": "not_implemented", "13 MB announced": "too_large",
        "bad chunk": "bad_request"}  # fmt: skip


@pytest.mark.slow
def test_a_server_under_junk_answers_clearly_and_goes_on(tmp_path: Path) -> None:
    with started(tmp_path) as (_process, port):
        answers = {name: raw(port, request) for name, request in {
            "2 MB header": b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 2_000_000 + b"\r\n\r\n",
            "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
            "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
            "length and chunks": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: x\r\n\r\nabc",
            "13 MB announced": b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 13000000\r\n\r\n",
            "bad chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "bad path": b"GET /%ff%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        }.items()}  # fmt: skip
        half_sent = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
        for connection in half_sent:
            connection.sendall(b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        begun = time.monotonic()
        alive = fetch(port, "/healthz")
        waited = time.monotonic() - begun
        for connection in half_sent:
            connection.close()

    problems = {name: json.loads(told.partition(b"\r\n\r\n")[2]) for name, (_, told) in answers.items() if name in OURS}
    assert {name: problem["error"] for name, problem in problems.items()} == OURS
    assert all(set(problem) == {"error", "message", "fields", "request_id"} for problem in problems.values())
    answers = {name: status for name, (status, _) in answers.items()}
    assert answers == {"2 MB header": 431, "no HTTP": 400, "two lengths": 400, "length and chunks": 501,
                       "13 MB announced": 413, "bad chunk": 400, "bad path": 404}  # fmt: skip
    assert alive == 200
    assert waited < 2


@pytest.mark.slow
def test_a_request_in_hand_is_answered_before_the_server_ends(tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from portal import serving\n"
        "from portal.app import create_app\n"
        "from tests import databases\n"
        "app = create_app(databases.test_config(sys.argv[1], Path(sys.argv[2]), port=int(sys.argv[3])))\n"
        "view = lambda: (time.sleep(1.5), 'in time')[1]\n"
        "view.policy_action = 'public'\n"
        "app.add_url_rule('/slow', 'slow', view)\n"
        "serving.serve(app, ['ready'], with_worker=False)\n"
    )
    port = free_port()
    command = [sys.executable, "-c", program, f"sqlite:///{tmp_path}/x.sqlite3", str(tmp_path), str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS_MAX) as connection:
            connection.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.7)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=1)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        status = process.wait(SECONDS_MAX)

    assert b"in time" in answer
    assert status == 0


def refused(begin: Callable[[], object], word: str) -> None:
    """Starting fails with one sentence that has the word in it."""
    with pytest.raises(CannotStart) as refusal:
        begin()
    words = refusal.value.message
    assert word in words
    assert "\n" not in words
    assert words.endswith(".")


def command() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", "start"]


def environment(folder: Path, port: int) -> dict[str, str]:
    ours = {"DATABASE_URL": f"sqlite:///{folder}/sayso.sqlite3", "SECRET_KEY": "k" * 40, "PORT": str(port), "DEMO": "0"}
    return dict(os.environ) | ours


@contextmanager
def started(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """`flask start` as a process, once it answers."""
    port = free_port()
    with subprocess.Popen(command(), cwd=ROOT, env=environment(folder, port), stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:  # fmt: skip
        try:
            until(lambda: fetch(port, "/healthz") == 200)
            yield process, port
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(SECONDS_MAX)


def fetch(port: int, path: str) -> int:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status
    except URLError:
        return 0


def raw(port: int, request: bytes) -> tuple[int, bytes]:
    """The status of whatever comes back for these bytes, and all of it."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        told = b""
        with suppress(ConnectionResetError):
            while part := connection.recv(4096):
                told += part
        return int(told.split(b" ", 2)[1]), told


def has_ended(process: int) -> bool:
    """True for a process that is gone, or of which only its number is left because nobody asked how it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def child_of(parent: int, *, wait: bool = True) -> int:
    """The process that this one started; 0 if there is none (with `wait`: not until there is one)."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    if wait:
        until(lambda: children.read_text().strip() != "")
    return int((children.read_text().split() or ["0"])[-1])


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS_MAX
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
