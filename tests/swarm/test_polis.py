"""Public conversations come in whole: every line of the files is accounted for."""

import csv
import json
import os
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.errors import Conflict, Invalid
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.swarm import audit, ranking
from portal.swarm.models import Vote
from portal.swarm.polis import Report, import_conversation
from portal.swarm.polis_csv import read_conversation
from portal.swarm.queries import official_list
from tests.factories import NOON, Cast
from tests.swarm.voting import rows

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SAYSO_POLIS_DIR") or ROOT.parent / "shared" / "data" / "polis")
CONVERSATIONS = ("bg2050-volunteers", "canadian-electoral-reform", "scoop-hivemind.affordable-housing")
COMMENTS = "timestamp,comment-id,author-id,moderated,comment-body\n"
VOTES = "timestamp,comment-id,voter-id,vote\n"


def bring_in(folder: Path) -> Report:
    conversation = read_conversation(folder)
    with writing():
        return import_conversation(conversation, now=NOON)


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def recount(folder: Path) -> tuple[Counter[str], Counter[str]]:
    """What should become of each vote, and the kinds of those that stand, from the files alone."""
    comments = {row["comment-id"]: row for row in lines_of(folder / "comments.csv")}
    outcomes: Counter[str] = Counter()
    last: dict[tuple[str, str], str] = {}
    for row in sorted(lines_of(folder / "votes.csv"), key=lambda row: int(row["timestamp"])):
        comment, voter = comments.get(row["comment-id"]), row["voter-id"]
        if comment is None:
            outcomes["unknown_statement"] += 1
        elif comment["author-id"] == voter:
            outcomes["own_idea"] += 1
        elif comment["moderated"] == "-1":
            outcomes["closed"] += 1
        else:
            outcomes["superseded" if (voter, row["comment-id"]) in last else "counted"] += 1
            last[voter, row["comment-id"]] = row["vote"]
    kinds = Counter({"1": "support", "0": "pass", "-1": "stop"}[vote] for vote in last.values())
    return outcomes, kinds


@pytest.mark.slow
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_real_conversation_comes_in_whole(context: Flask, name: str) -> None:
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"no data at {folder}; set SAYSO_POLIS_DIR")
    comments, votes = lines_of(folder / "comments.csv"), lines_of(folder / "votes.csv")
    outcomes, kinds = recount(folder)

    report = bring_in(folder)

    assert (report.comment_rows, report.vote_rows) == (len(comments), len(votes))
    assert (report.bad_comments, report.bad_votes, report.disagreements) == ([], [], [])
    assert (report.outcomes, report.kinds) == (outcomes, kinds)
    assert report.ideas == len({row["comment-id"] for row in comments})
    assert report.withdrawn == sum(row["moderated"] == "-1" for row in comments)
    assert report.people == len({row["voter-id"] for row in votes} | {row["author-id"] for row in comments})
    assert report.totals_agree and audit.verify() == []
    assert official_list() == ranking.rank(*rows(), [], NOON)


def write(folder: Path, comments: str, votes: str) -> Path:
    (folder / "comments.csv").write_text(COMMENTS + comments, encoding="utf-8")
    (folder / "votes.csv").write_text(VOTES + votes, encoding="utf-8")
    return folder


def test_every_odd_row_is_reported(context: Flask, tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        '1000,1,7,1,"Two lines\nand ""quotes"", and a comma"\n'
        "2000,2,8,-1,Taken down\n"
        "3000,1,9,0,The same number again\n"
        "4000,x,9,0,No number\n"
        "5000,5,9,0,   \n"
        f"6000,6,9,0,{'long ' * 200}\n"
        "7000,7,9\n",
        "1100,1,1,1\n"
        "1200,1,1,-1\n"  # changed their mind
        "1300,1,1,-1\n"  # and said it again
        "1200,1,2,0\n"
        "1300,1,7,1\n"  # their own
        "1400,2,1,1\n"  # taken down
        "1500,99,1,1\n"  # no such statement
        "1600,1,3,2\n"
        "1700,1,3,often\n"
        "never,1,3,1\n"
        "99999999999999999,1,3,1\n"
        "1800,1\n"
        "1900,1,4,1,extra\n",
    )

    report = bring_in(folder)

    assert report.outcomes == {"counted": 3, "superseded": 2, "own_idea": 1, "closed": 1, "unknown_statement": 1}
    assert report.kinds == {"stop": 1, "pass": 1, "support": 1}
    assert len(report.bad_votes) == 5 and "votes.csv line" in report.bad_votes[0]
    assert (report.comment_rows, report.ideas, len(report.bad_comments)) == (7, 3, 4)
    assert (report.withdrawn, report.shortened) == (1, 1)
    assert report.totals_agree and report.disagreements == []
    words = [one.say for one in db.session.scalars(select(Idea).order_by(Idea.id))]
    assert words[0] == 'Two lines and "quotes", and a comma' and len(words[2]) == 600


def test_of_two_votes_in_one_millisecond_the_later_line_counts(context: Flask, tmp_path: Path) -> None:
    crowd = "".join(f"1000,1,{n},1\n" for n in range(30, 60))

    report = bring_in(write(tmp_path, "1,1,7,1,A rule\n", f"{crowd}1000,1,30,-1\n1000,1,31,0\n"))

    assert report.kinds == {"support": 28, "stop": 1, "pass": 1} and report.disagreements == []
    assert report.promoted == 1 and report.totals_agree


def test_a_conversation_without_rows_is_an_empty_one(context: Flask, tmp_path: Path) -> None:
    report = bring_in(write(tmp_path, "", ""))

    assert report.totals_agree and (report.people, report.ideas) == (0, 0)


@pytest.mark.parametrize("name", ["comments.csv", "votes.csv"])
@pytest.mark.parametrize("damage", ["missing", "column", "empty", "huge"])
def test_what_is_no_conversation_is_refused(tmp_path: Path, name: str, damage: str) -> None:
    path = write(tmp_path, "1,1,7,1,A rule\n", "1,1,1,1\n") / name
    text = path.read_text()
    if damage == "missing":
        path.unlink()
    elif damage == "huge":
        path.write_text(text + '"' + "x" * 200_000 + '",1\n')
    else:
        path.write_text(text.replace("timestamp", "time") if damage == "column" else "")

    with pytest.raises(Invalid) as refused:
        read_conversation(tmp_path)

    assert refused.value.code == "not_a_conversation" and name in refused.value.message


def test_bytes_that_are_no_text_do_not_stop_the_import(context: Flask, tmp_path: Path) -> None:
    write(tmp_path, "", "1,1,1,1\n")
    (tmp_path / "comments.csv").write_bytes(b"\xef\xbb\xbf" + COMMENTS.encode() + b"1,1,7,1,Caf\xff rule\x00s\n")
    (tmp_path / "summary.csv").write_bytes(b"topic,Fa\xffxes\x00\n")

    report = bring_in(tmp_path)

    assert (report.name, report.ideas, report.kinds) == ("Fa�xes", 1, {"support": 1})


def test_a_conversation_goes_only_into_an_empty_database(context: Flask, cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(Conflict) as refused:
        bring_in(write(tmp_path, "1,1,7,1,A rule\n", ""))

    assert refused.value.code == "not_empty"
    assert db.session.scalar(select(func.count()).select_from(Idea)) == 0


def test_the_command_says_what_came_in(context: Flask, tmp_path: Path) -> None:
    folder, runner = (
        write(tmp_path, "1,1,7,1,A rule\n2,2,7,-1,Another\n", "3,1,1,1\n3,1,2,-1\n"),
        context.test_cli_runner(),
    )

    missing = runner.invoke(args=["import", "polis", str(tmp_path / "nowhere")])
    first = runner.invoke(args=["import", "polis", str(folder), "--json"])
    again = runner.invoke(args=["import", "polis", str(folder)])

    assert (missing.exit_code, first.exit_code, again.exit_code) == (1, 0, 1), (missing.output, first.output)
    facts = json.loads(first.output)
    assert facts["totals_agree"] and facts["standing"] == {"support": 1, "stop": 1} and facts["withdrawn"] == 1
    assert "already holds an organisation" in again.output
    assert db.session.scalar(select(func.count()).select_from(Vote)) == 2
    assert db.session.scalar(select(func.count()).where(Idea.stage == Stage.WITHDRAWN)) == 1
