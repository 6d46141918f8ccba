"""Fixtures that every test may use: an application on a fresh database of each kind, and a standing cast."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from portal import clock
from portal.app import create_app
from tests import demo_file
from tests.databases import MovableApp, PostgresCopies, PostgresServer, SqliteCopies, given_back, memory, test_config
from tests.factories import Cast
from tests.templates import Compiled

SERVER = "SAYSO_TEST_POSTGRES"
FOLDERS = "PYTEST_DEBUG_TEMPROOT"  # where pytest makes the folders of tests
Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "postgres", "both"), default="sqlite", help="databases to test on")


def pytest_configure(config: pytest.Config) -> None:
    if FOLDERS not in os.environ and (folder := memory()):
        # A SQLite file waits for the disk at each commit. The folder of a test that passed is removed right after it.
        os.environ[FOLDERS] = folder
    # The controller starts one server; parallel workers inherit its address.
    wanted = config.getoption("--db") != "sqlite"
    if wanted and not hasattr(config, "workerinput") and SERVER not in os.environ:
        config._sayso_postgres = server = PostgresServer()
        os.environ[SERVER] = server.url


def pytest_unconfigure(config: pytest.Config) -> None:
    server = getattr(config, "_sayso_postgres", None)
    if server is not None:
        server.stop()
        os.environ.pop(SERVER, None)


def pytest_collection_finish() -> None:
    # What stands by now stays until the end: nothing looks for rubbish among it again and again.
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "copies" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--db")
        kinds = ("sqlite", "postgres") if wanted == "both" else (wanted,)
        metafunc.parametrize("copies", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session", autouse=True)
def shared_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> None:
    """What one worker has made at a cost, the others of this run find in a folder above their own."""
    own = tmp_path_factory.getbasetemp()
    os.environ[demo_file.SHARED] = str(own.parent if hasattr(request.config, "workerinput") else own)


@pytest.fixture(scope="session")
def copies(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqliteCopies | PostgresCopies]:
    """The source of fresh databases of one kind."""
    folder = tmp_path_factory.mktemp(f"template-{request.param}")
    with closing(
        SqliteCopies(folder) if request.param == "sqlite" else PostgresCopies(os.environ[SERVER], folder)
    ) as copies:
        yield copies


@pytest.fixture
def database_url(
    copies: SqliteCopies | PostgresCopies, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A fresh, migrated database; empty but for the standing cast where the test asks for it."""
    url = copies.new(tmp_path, with_cast="cast" in request.fixturenames)
    yield url
    copies.drop(url)


@pytest.fixture(scope="session")
def movable_app(
    copies: SqliteCopies | PostgresCopies, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., MovableApp]:
    """Makes an application for all tests of a file or folder on one kind of database: it is moved from test to test.

    Making it anew would compile every template and every statement again, half a second a test.
    """

    def make(*more: Callable[[Flask], None]) -> MovableApp:
        folder = tmp_path_factory.mktemp("application")
        return MovableApp(copies.new(folder), folder, *more)

    return make


@pytest.fixture(scope="session")
def shared_app(movable_app: Callable[..., MovableApp]) -> MovableApp:
    """The one that nearly all tests share."""
    return movable_app()


@pytest.fixture
def app(database_url: str, tmp_path: Path, shared_app: MovableApp) -> Iterator[Flask]:
    """The application on a fresh database."""
    with shared_app.lent(database_url, tmp_path) as app:
        yield app


@pytest.fixture
def fresh_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application of the test's own, for tests that break it or change how it is made."""
    app = create_app(test_config(database_url, tmp_path))
    app.config["SHOW_ERRORS"] = True
    with given_back(app):
        yield app


@pytest.fixture
def this_day(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """For files whose NOW and TODAY are the real clock's: those of this test, for midnight may have passed since."""
    now = clock.now()
    monkeypatch.setattr(request.module, "NOW", now)
    monkeypatch.setattr(request.module, "TODAY", now.date())


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The application with its context pushed: for services and queries. Not together with `client`:
    a request would share the session with the test and hide what it forgot to commit."""
    with app.app_context():
        yield app


@pytest.fixture
def cast(app: Flask, copies: SqliteCopies | PostgresCopies) -> Cast:
    """The standing cast in a small organisation, committed, with noise around it. Holds plain ids."""
    return copies.cast()
