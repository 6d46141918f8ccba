"""A worker as a process of its own, for tests that kill it: `python -m tests.outbox.real_worker URL FOLDER MANNER`.

Its one handler writes the event's id into FOLDER/handled and waits for the disk. MANNER then decides:
"steady" goes on, "dies" ends the process by SIGKILL before the message is marked as done, "slow" takes a second.
"""

import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

from portal import worker
from portal.app import create_app
from portal.outbox.service import Claimed
from tests import databases


def main(url: str, folder: Path, manner: str) -> None:
    """Run until asked to end."""

    def handle(message: Claimed, _now: datetime) -> None:
        note(folder / "started", message.event_id)
        if manner == "slow":
            time.sleep(1)
        note(folder / "handled", message.event_id)
        if manner == "dies":
            os.kill(os.getpid(), signal.SIGKILL)

    worker.run_forever(create_app(databases.test_config(url, folder)), handlers={"greeting": handle})


def note(path: Path, line: str) -> None:
    """Append a line so that it survives the process."""
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.write(handle, f"{line}\n".encode())
    os.fsync(handle)
    os.close(handle)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
