"""`flask import metrics FILE` and `flask metric …`: what they print, save and end with."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from portal.db import db, writing
from portal.metrics import service
from portal.metrics.models import Observation
from tests.factories import Cast

HEAD = "date,site,metric,value,n\n"
GOOD = f"{HEAD}2026-02-02,Leeds,csat,4.1,100\n2026-02-02,Durban,csat,3.9,80\n"
BAD = f"{GOOD}2026-02-09,Leedz,csat,4.1,100\n2026-02-09,Durban,csat,many,80\n"


@pytest.fixture
def folder(app: Flask, cast: Cast, tmp_path: Path) -> Path:
    with app.app_context(), writing():
        service.add_starter_set()
    return tmp_path


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(part) for part in arguments])


def written(folder: Path, text: str) -> Path:
    path = folder / "values.csv"
    path.write_text(text)
    return path


def rows_stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Observation)) or 0


def test_a_good_file_is_saved_and_its_sums_are_told(app: Flask, folder: Path) -> None:
    result = run(app, "import", "metrics", written(folder, GOOD))

    assert result.exit_code == 0
    assert result.stdout == "2 rows read: 2 new, 0 revised, 0 unchanged, 0 bad. Saved.\n"
    assert rows_stored(app) == 2


def test_a_second_import_of_the_file_changes_nothing(app: Flask, folder: Path) -> None:
    path = written(folder, GOOD)
    run(app, "import", "metrics", path)

    result = run(app, "import", "metrics", path)

    assert "0 new, 0 revised, 2 unchanged, 0 bad" in result.stdout
    assert rows_stored(app) == 2


def test_a_dry_run_tells_what_would_happen_and_saves_nothing(app: Flask, folder: Path) -> None:
    result = run(app, "import", "metrics", written(folder, GOOD), "--dry-run")

    assert result.exit_code == 0
    assert "2 new" in result.stdout and "nothing has been saved" in result.stdout
    assert rows_stored(app) == 0


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_bad_rows_are_named_nothing_is_saved_and_the_end_is_2(app: Flask, folder: Path, options: list[str]) -> None:
    result = run(app, "import", "metrics", written(folder, BAD), *options)

    assert result.exit_code == 2
    assert "Row 4, site: “Leedz” is no site we know. Did you mean Leeds?" in result.stderr
    assert "Row 5, value: “many” is not a number." in result.stderr
    assert "4 rows read: 2 new, 0 revised, 0 unchanged, 2 bad." in result.stdout
    assert rows_stored(app) == 0


def test_the_good_rows_alone_are_saved_when_asked_for(app: Flask, folder: Path) -> None:
    result = run(app, "import", "metrics", written(folder, BAD), "--only-good")

    assert result.exit_code == 0
    assert "2 new, 0 revised, 0 unchanged, 2 bad. Saved." in result.stdout
    assert rows_stored(app) == 2


def test_only_good_without_a_good_row_saves_nothing_and_ends_with_2(app: Flask, folder: Path) -> None:
    result = run(app, "import", "metrics", written(folder, f"{HEAD}x,y,z,,\n"), "--only-good")

    assert result.exit_code == 2


def test_a_machine_reads_the_same_sums_and_problems(app: Flask, folder: Path) -> None:
    result = run(app, "import", "metrics", written(folder, BAD), "--json")

    facts = json.loads(result.stdout)
    assert facts["rows"] == facts["new"] + facts["revised"] + facts["unchanged"] + facts["bad"] == 4
    assert facts["saved"] is False
    assert [(problem["row"], problem["column"]) for problem in facts["problems"]] == [(4, "site"), (5, "value")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"), (b"", "The file is empty"), (b"PK\x03\x04", "This is a workbook"),
        (b"a,b\n1,2\n", "is missing"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_one_sentence_and_ends_with_1(
    app: Flask, folder: Path, content: bytes | None, words: str
) -> None:
    path = folder / "values.csv"
    if content is not None:
        path.write_bytes(content)

    result = run(app, "import", "metrics", path)

    assert result.exit_code == 1
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_columns_without_a_meaning_and_odd_values_are_told(app: Flask, folder: Path) -> None:
    days = ("2026-01-05", "2026-01-12", "2026-01-19", "2026-02-16")
    text = "date,site,metric,value,treated_from\n" + "".join(f"{day},Leeds,csat,4,\n" for day in days)

    result = run(app, "import", "metrics", written(folder, text))

    assert result.exit_code == 0
    assert "Columns not used: treated_from." in result.stderr
    assert "Look again: Row 5, date" in result.stderr


def test_the_starter_set_is_added_once(app: Flask, cast: Cast) -> None:
    assert "11 metrics added: csat," in run(app, "metric", "starter").stdout
    assert run(app, "metric", "starter").stdout == "0 metrics added.\n"


def test_metrics_are_listed_with_their_reach(app: Flask, folder: Path) -> None:
    run(app, "import", "metrics", written(folder, GOOD))

    lines = run(app, "metric", "list").stdout.splitlines()
    facts = json.loads(run(app, "metric", "list", "--json").stdout)

    assert lines[0].startswith("csat") and lines[0].endswith("2 sites, until 2026-02-02")
    assert lines[-1].startswith("handle_time") and lines[-1].endswith("no values yet")
    assert facts[0] == {"code": "csat", "name": "Customer satisfaction", "unit": "score, 1 to 5", "better": "up",
                        "last_day": "2026-02-02", "sites": 2}  # fmt: skip


def test_columns_of_other_names_are_said_on_the_command_line(app: Flask, folder: Path) -> None:
    path = written(folder, "Tag,Ort,Wert\n2026-02-02,Leeds,4.1\n")

    refused = run(app, "import", "metrics", path, "--metric", "csat")
    wrong = run(app, "import", "metrics", path, "--column", "wert=Wert")
    saved = run(app, "import", "metrics", path, "--metric", "csat", "--column", "date=Tag", "--column", "site=Ort",
                "--column", "value=Wert")  # fmt: skip

    assert (refused.exit_code, refused.stderr) == (1, "Say which column holds the date and the site and the value.\n")
    assert wrong.exit_code == 1 and "is no mapping" in wrong.stderr
    assert (saved.exit_code, rows_stored(app)) == (0, 1)


def test_a_workbook_is_taken_like_a_file(app: Flask, folder: Path) -> None:
    book = Workbook()
    for row in (["date", "site", "metric", "value"], ["2026-02-02", "Leeds", "csat", 4.1]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(folder / "values.xlsx")

    result = run(app, "import", "metrics", folder / "values.xlsx")

    assert result.exit_code == 0
    assert rows_stored(app) == 1
