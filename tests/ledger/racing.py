"""Real threads on real connections, started at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from portal.db import db
from portal.errors import DomainError
from portal.web.transactions import writing


def race(app: Flask, rivals: int, work: Callable[[int], object]) -> list[object]:
    """Run `work(number)` in one write transaction for each rival, at once; what it returned, or the refusal's code."""
    barrier = Barrier(rivals)

    def run(number: int) -> object:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                with writing():
                    return work(number)
            except DomainError as error:
                return error.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(rivals) as pool:
        return list(pool.map(run, range(rivals)))
