"""A worker as a process of its own, `python -m tests.notices.mailing_worker URL FOLDER SMTP`, that dies by SIGKILL
after the mail server has taken its first mail and before it could mark that as sent.
"""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from portal import worker
from portal.app import create_app
from portal.notices import letters, outcome_jobs, post_jobs
from tests import databases


def main(url: str, folder: Path, smtp_url: str) -> None:
    """Run until killed."""

    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    letters.mark_sent = die  # type: ignore[assignment]
    app = create_app(replace(databases.test_config(url, folder), smtp_url=smtp_url))
    worker.run_forever(app, handlers={**outcome_jobs.HANDLERS, **post_jobs.HANDLERS})


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
