"""The demo organisation in a file: loaded once by whichever process asks first, and copied by every test that needs it.

Loading it takes as long as a hundred other tests.
"""

import fcntl
import os
import shutil
import sqlite3
from pathlib import Path

from portal import clock
from portal.app import create_app
from portal.db import db, writing
from portal.demo.load import load_demo
from tests import databases

SHARED = "SAYSO_TEST_SHARED"  # a folder that the workers of one run have in common


def copy_demo(to: Path) -> None:
    """Put the demo organisation, as it was loaded in this run, into the file `to`.

    What runs by itself has no folder in common with anything: it is loaded beside the file.
    """
    shared = Path(os.environ.get(SHARED, to.parent))
    whole = shared / "demo.sqlite3"
    with (shared / "demo.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not whole.exists():
            _load(shared, whole)
    shutil.copyfile(whole, to)


def _load(folder: Path, whole: Path) -> None:
    url = databases.SqliteCopies(folder).new(folder)
    app = create_app(databases.test_config(url, folder, demo=True))
    with app.app_context():
        with writing():
            load_demo(now=clock.now())
        db.session.remove()
        db.engine.dispose()
    base = sqlite3.connect(url.removeprefix("sqlite:///"))
    base.execute("VACUUM INTO ?", (str(whole),))
    base.close()
