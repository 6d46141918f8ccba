"""A process of its own that orders over the interface: `python -m tests.rewards.shop_process URL FOLDER PLAN`.

PLAN: JSON of [secret, reward, price, times, key or null]; without a key each call has its own. Waits for a line before
it starts; prints JSON: for each part of the plan the answers as [status, error or order number, replayed].
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from flask import Flask

from portal.app import create_app
from tests.databases import test_config

THREADS = 4


def main(url: str, folder: str, plan: str) -> None:
    """Do it."""
    app = create_app(test_config(url, Path(folder)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    found = []
    with ThreadPoolExecutor(THREADS) as pool:
        for part in json.loads(plan):
            found.append(list(pool.map(lambda number, part=part: order(app, number, *part), range(part[3]))))
    sys.stdout.write(json.dumps(found) + "\n")


def order(app: Flask, number: int, secret: str, reward: int, price: int, times: int, key: str | None) -> list[Any]:
    """One call and its answer."""
    headers = {
        "Authorization": f"Bearer {secret}", "Idempotency-Key": key or f"{os.getpid()}-{reward}-{number}-{times}",
    }  # fmt: skip
    client = app.test_client(use_cookies=False)
    answer = client.post(f"/api/v1/rewards/{reward}/orders", json={"price": price}, headers=headers)
    body = answer.get_json()
    replayed = answer.headers.get("Idempotency-Replayed") == "true"
    return [answer.status_code, body.get("error") or body["number"], replayed]


if __name__ == "__main__":
    main(*sys.argv[1:])
