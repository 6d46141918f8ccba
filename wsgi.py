"""The entry point for the `flask` command and for WSGI servers."""

import gc

gc.disable()  # what is made here stays: looking for rubbish among it would cost a fifth of the start

from config import Config  # noqa: E402
from portal import memory  # noqa: E402
from portal.app import create_app  # noqa: E402

app = create_app(Config.from_env())
memory.settle()
