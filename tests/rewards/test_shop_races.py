"""Many orders at once, from real processes over the interface."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.ledger.verify import verify
from portal.rewards.shop_models import Redemption, Reward
from tests.api.calling import Caller
from tests.factories import Cast
from tests.rewards.shopping import fill_wallet, make_reward, wallet_of

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 2  # of four threads each


@pytest.mark.slow
def test_points_stock_and_keys_hold_against_several_processes(
    app: Flask, cast: Cast, database_url: str, tmp_path: Path
) -> None:
    with app.app_context(), writing():
        now = clock.now()
        for person, points in ((cast.asha, 95), (cast.bo, 1000)):
            fill_wallet(person, points, now=now)
        endless, last, one = make_reward(price=10).id, make_reward(price=10, stock=1).id, make_reward(price=10).id
    asha, bo = (Caller(app, person).secret for person in (cast.asha, cast.bo))
    plan = [[asha, endless, 10, 30, None], [bo, last, 10, 10, None], [bo, one, 10, 20, "one-key"]]

    nine, rare, same = _race(database_url, tmp_path, plan)

    assert Counter(error for status, error, _ in nine if status != 201) == {"insufficient_points": 51}
    assert len({number for status, number, _ in nine if status == 201}) == 9
    assert Counter((status, error if status != 201 else "") for status, error, _ in rare) == {
        (201, ""): 1, (409, "out_of_stock"): 19,
    }  # fmt: skip
    assert len({number for _, number, _ in same}) == 1
    assert Counter((status, replayed) for status, _, replayed in same) == {(201, False): 1, (201, True): 39}
    with app.app_context():
        assert wallet_of(cast.asha) == (95, 90)
        assert wallet_of(cast.bo) == (1000, 20)
        assert db.session.get_one(Reward, last).stock == 0
        assert db.session.query(Redemption).count() == 11
        assert verify().ok


def _race(url: str, folder: Path, plan: list[list[Any]]) -> list[list[list[Any]]]:
    """What all processes were answered, by the parts of the plan."""
    command = [sys.executable, "-m", "tests.rewards.shop_process", url, str(folder), json.dumps(plan)]
    pipe = subprocess.PIPE
    running = [
        subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(PROCESSES)
    ]
    for process in running:
        assert process.stdout is not None and process.stdout.readline() == "ready\n", process.communicate()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [(process, *process.communicate(timeout=120)) for process in running]
    assert all(process.returncode == 0 for process, _, _ in ended), [errors for _, _, errors in ended]
    answers = [json.loads(printed.splitlines()[-1]) for _, printed, _ in ended]
    return [[one for answer in answers for one in answer[part]] for part in range(len(plan))]
