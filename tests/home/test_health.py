"""/healthz, /readyz and flask doctor: what they look at, and what they say when something is wrong."""

import json
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import text

from portal import append_only, clock
from portal.app import create_app
from portal.db import db, is_postgres, writing
from portal.home import doctor, machine
from portal.outbox import service as outbox
from tests import databases
from tests.factories import NOON


def test_a_fresh_database_is_ready(app: Flask) -> None:
    client = app.test_client()

    ready, alive = client.get("/readyz"), client.get("/healthz")

    assert (ready.status_code, alive.status_code) == (200, 200)
    assert ready.get_json()["status"] == "ok"


def test_asking_leaves_nothing_behind(app: Flask) -> None:
    app.test_client().get("/readyz")

    with app.app_context():
        tables = set(db.inspect(db.engine).get_table_names())
    assert "writable_probe" not in tables


def test_behind_in_its_migrations_it_lives_but_is_not_ready(app: Flask) -> None:
    with app.app_context(), writing():
        db.session.execute(text("DELETE FROM alembic_version"))
    client = app.test_client()

    ready, alive = client.get("/readyz"), client.get("/healthz")

    assert (ready.status_code, alive.status_code) == (503, 200)
    assert "flask db upgrade" in ready.get_json()["checks"]["migrations"]


def test_a_database_that_takes_no_write_is_not_ready(app: Flask) -> None:
    close_for_writing(app)

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert "read" in answer.get_json()["checks"]["database"]


def test_a_worker_that_stopped_long_ago_is_noticed(app: Flask) -> None:
    with app.app_context(), writing():
        outbox.emit("greeting", {}, now=clock.now() - timedelta(hours=2))

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert "waits" in answer.get_json()["checks"]["outbox"]


def test_the_doctor_finds_nothing_wrong_with_a_fresh_installation(app: Flask) -> None:
    if on_postgres(app):
        pytest.skip("the PostgreSQL of the tests runs without durability, which the doctor rightly calls wrong")
    close_to_others(app)

    done = app.test_cli_runner().invoke(args=["doctor"])

    assert done.exit_code == 0, done.output
    assert "WRONG" not in done.output
    assert "journal_mode: wal" in done.output


def test_the_doctor_tells_machines_the_same(app: Flask) -> None:
    close_to_others(app)

    done = app.test_cli_runner().invoke(args=["doctor", "--json"])
    found = json.loads(done.output)

    wrong = {check["name"] for check in found["checks"] if not check["fine"]}
    assert wrong == ({"fsync", "synchronous_commit"} if on_postgres(app) else set())
    assert (done.exit_code, found["fine"]) == ((2, False) if wrong else (0, True))


def test_a_missing_trigger_is_found_by_its_name(context: Flask) -> None:
    with writing():
        name = f"{append_only.TABLES[0]}_no_delete"
        db.session.execute(text(f"DROP TRIGGER {name}" + (f" ON {append_only.TABLES[0]}" if is_postgres() else "")))

    assert name in wrong(context)["append-only triggers"]


def test_a_message_that_was_given_up_is_counted(context: Flask) -> None:
    with writing():
        outbox.emit("greeting", {}, now=NOON)
        db.session.execute(text("UPDATE outbox SET given_up_at = created_at"))

    assert wrong(context)["given-up messages"].startswith("1 ")


def test_an_empty_database_gets_the_remedy_and_no_accident(tmp_path: Path) -> None:
    app = create_app(databases.test_config(f"sqlite:///{tmp_path}/empty.sqlite3", tmp_path))

    done = app.test_cli_runner().invoke(args=["doctor"])

    assert done.exit_code == 2
    assert "flask db upgrade" in done.output


def test_a_database_that_is_not_there_is_said_and_no_accident(tmp_path: Path) -> None:
    app = create_app(databases.test_config("postgresql+psycopg://nobody@127.0.0.1:9/nothing", tmp_path))

    done = app.test_cli_runner().invoke(args=["doctor"])

    assert done.exit_code == 2
    assert "WRONG database: not writable" in done.output


@pytest.mark.parametrize(("name", "mode"), [("secret_key", 0o644), ("secret_key", 0o640)])
def test_a_key_that_others_can_read_is_wrong(context: Flask, name: str, mode: int) -> None:
    file = Path(context.config["SAYSO"].instance) / name
    file.write_text("x" * 40)
    file.chmod(mode)

    assert f"chmod 600 {file}" in wrong(context)["secret key"]


def test_a_database_file_that_everybody_can_read_is_wrong(context: Flask) -> None:
    if is_postgres():
        pytest.skip("PostgreSQL keeps its own files")
    file = Path(db.engine.url.database or "")
    file.chmod(0o644)
    for folder in (file.parent, *file.parents[1:3]):
        folder.chmod(0o755)

    assert f"chmod 640 {file.resolve()}" in wrong(context)["database file"]


def test_little_room_on_the_disk_is_wrong(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "free_bytes", lambda folder: doctor.FREE_BYTES_MIN - 1)

    assert "MB free" in wrong(context)["disk"]


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"base_url": "https://sayso.example.org"}, "https://sayso.example.org"),
        ({"base_url": "http://sayso.example.org"}, "put https in front"),
        ({"base_url": "http://127.0.0.1:8000", "host": "0.0.0.0"}, "set BASE_URL"),
        ({}, "this machine only"),
    ],
)
def test_the_address_is_judged(database_url: str, tmp_path: Path, over: dict[str, str], words: str) -> None:
    app = create_app(databases.test_config(database_url, tmp_path, **over))

    with app.app_context():
        (found,) = (check for check in doctor.examine(app, now=NOON) if check.name == "address")
        db.engine.dispose()

    assert words in found.words


def test_a_mail_server_is_asked_only_where_one_is_set(database_url: str, tmp_path: Path) -> None:
    names = {check.name for check in examined(database_url, tmp_path)}

    assert "mail" not in names


def test_a_mail_server_that_is_down_is_wrong_and_one_that_answers_is_fine(database_url: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"smtp://127.0.0.1:{port}"

    (down,) = (check for check in examined(database_url, tmp_path, smtp_url=url) if check.name == "mail")
    controller = Controller(object(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        (up,) = (check for check in examined(database_url, tmp_path, smtp_url=url) if check.name == "mail")
    finally:
        controller.stop()

    assert not down.fine
    assert "does not answer" in down.words
    assert up.fine, up.words


def examined(url: str, folder: Path, **over: object) -> list[doctor.Check]:
    app = create_app(databases.test_config(url, folder, **over))
    with app.app_context():
        found = doctor.examine(app, now=NOON)
        db.engine.dispose()
    return found


def wrong(app: Flask) -> dict[str, str]:
    """Name → words of everything the doctor calls wrong."""
    return {check.name: check.words for check in doctor.examine(app, now=NOON) if not check.fine}


def on_postgres(app: Flask) -> bool:
    with app.app_context():
        return is_postgres()


def close_to_others(app: Flask) -> None:
    """As the first start does it: the database file is readable by its owner's group at most."""
    with app.app_context():
        if not is_postgres():
            Path(db.engine.url.database or "").chmod(0o640)


def close_for_writing(app: Flask) -> None:
    with app.app_context():
        if is_postgres():
            with writing():
                name = db.engine.url.database
                db.session.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
            db.session.remove()
            db.engine.dispose()  # the setting holds for new connections
        else:
            db.session.execute(text("PRAGMA query_only=ON"))
            db.session.rollback()
