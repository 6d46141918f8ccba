"""What the measurements of an import share: how many rows, and a portal on a database of nobody else's."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from flask_migrate import upgrade

from config import Config
from portal.app import create_app
from portal.db import db

SECRET_KEY = "x" * 40


class Fresh(NamedTuple):
    """An empty, migrated database; the folder is gone afterwards."""

    rows: int
    url: str
    folder: Path


@contextmanager
def fresh_portal(description: str | None) -> Iterator[Fresh]:
    """Read --rows and --url, and push the context of a portal on that database.

    Without --url a new SQLite file in a temporary folder is used; a --url names an empty database.
    """
    wanted = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--rows", type=int, default=100_000)
    wanted.add_argument("--url", default="")
    asked = wanted.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.url or f"sqlite:///{folder}/bench.sqlite3"
        app = create_app(Config(database_url=url, secret_key=SECRET_KEY, instance=Path(folder)))
        with app.app_context():
            upgrade()
            try:
                yield Fresh(asked.rows, url, Path(folder))
            finally:
                db.session.remove()
                db.engine.dispose()
