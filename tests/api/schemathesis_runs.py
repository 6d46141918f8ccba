"""Several runs of the tool in one process: what it has learned of the document serves the next one too.

Reads a list of lists of arguments as JSON from standard input; says, as JSON, how each ended and what it printed.
"""

import contextlib
import gc
import io
import json
import sys


def run(arguments: list[str]) -> tuple[int, str]:
    """The exit code of one run, and its words."""
    from schemathesis.cli import schemathesis

    said, code = io.StringIO(), 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            schemathesis(arguments)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return code, said.getvalue()


if __name__ == "__main__":
    gc.set_threshold(100_000, 20, 20)  # it makes very much that lives long
    ended = [run(arguments) for arguments in json.load(sys.stdin)]
    json.dump(ended, sys.stdout)
