"""Settings: one reader, and one sentence for everything that is wrong."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import config
from config import Config, ConfigError
from portal.people.scopes import WORDS

KEY = "k" * 32
GOOD = {"SECRET_KEY": KEY, "DATABASE_URL": "sqlite:////tmp/x.sqlite3"}

WRONG = [
    ("OUTGOING_INSIDE", "10.0.0.5:8080"),
    ("OUTGOING_INSIDE", "http://10.0.0.0/8"),
    ("OUTGOING_INSIDE", "ftp://10.0.0.5"),
    ("OUTGOING_INSIDE", "http://user@10.0.0.5"),
    ("SECRET_KEY", "short"),
    ("SECRET_KEY", "k" * 31),
    ("DATABASE_URL", "mysql://localhost/sayso"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_URL", "/var/lib/sayso.sqlite3"),
    ("BASE_URL", "sayso.example.org"),
    ("BASE_URL", "ftp://sayso.example.org"),
    ("BASE_URL", "https://"),
    ("BASE_URL", "https://sayso.example.org/?x=1"),
    ("BASE_URL", ""),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "-1"),
    ("PORT", "eighty"),
    ("PORT", "8000.0"),
    ("PORT", ""),
    ("PORT", "８０００"),
    ("SMTP_URL", "mail.example.org"),
    ("SMTP_URL", "http://mail.example.org"),
    ("SMTP_URL", "smtp://"),
    ("TIMEZONE", "London"),
    ("TIMEZONE", "../../etc/passwd"),
    ("TIMEZONE", ""),
    ("WORKING_DAYS", "monday"),
    ("WORKING_DAYS", "fri-mon"),
    ("WORKING_DAYS", ""),
    ("WORKING_DAYS", "mon,,tue"),
    ("WORKING_HOURS", "9-17"),
    ("WORKING_HOURS", "17:00-09:00"),
    ("WORKING_HOURS", "09:00-09:00"),
    ("WORKING_HOURS", "09:60-17:00"),
    ("WORKING_HOURS", "09:00-24:30"),
    ("DEMO", "yes"),
    ("DEMO", "2"),
    ("DEMO", ""),
    ("TRUSTED_PROXIES", "proxy.example.org"),
    ("TRUSTED_PROXIES", "10.0.0.1, 300.1.1.1"),
]


@pytest.fixture(autouse=True)
def _own_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here may touch the key of this checkout."""
    monkeypatch.setattr(config, "ROOT", tmp_path)


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_stops_the_start_with_one_sentence_that_names_it(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        Config.from_env(GOOD | {name: value})

    words = str(refusal.value)
    assert name in words
    assert words.startswith("Sayso cannot start: ")
    assert words.endswith(".")
    assert "\n" not in words


def test_without_any_setting_it_starts_for_this_machine_alone(tmp_path: Path) -> None:
    found = Config.from_env({})

    assert found.database_url == f"sqlite:///{tmp_path}/instance/sayso.sqlite3"
    assert (found.host, found.port, found.base_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert (found.demo, found.https, found.smtp_url, found.trusted_proxies) == (False, False, None, ())


def test_another_port_is_also_the_one_in_links() -> None:
    assert Config.from_env(GOOD | {"PORT": "8080"}).base_url == "http://127.0.0.1:8080"
    assert (
        Config.from_env(GOOD | {"PORT": "8080", "BASE_URL": "https://s.example.org/"}).base_url
        == "https://s.example.org"
    )


def test_every_setting_is_read() -> None:
    found = Config.from_env(
        GOOD
        | {
            "BASE_URL": "https://sayso.example.org",
            "HOST": "0.0.0.0",
            "SMTP_URL": "smtp://user:pass@mail.example.org:587?starttls=1",
            "TIMEZONE": "Europe/London",
            "WORKING_DAYS": "mon-wed, sat",
            "WORKING_HOURS": "08:30-24:00",
            "DEMO": "1",
            "TRUSTED_PROXIES": "10.0.0.1, 10.1.0.0/16",
            "OUTGOING_INSIDE": "http://10.0.0.5:8080, https://hooks.corp.example",
        }
    )

    assert found.https
    assert found.demo
    assert found.working_days == ("mon", "tue", "wed", "sat")
    assert found.working_hours == "08:30-24:00"
    assert found.trusted_proxies == ("10.0.0.1", "10.1.0.0/16")
    assert found.outgoing_inside == ("http://10.0.0.5:8080", "https://hooks.corp.example:443")
    assert found.flask_settings()["SESSION_COOKIE_SECURE"] is True


def test_the_usual_address_of_a_postgresql_is_understood() -> None:
    found = Config.from_env(GOOD | {"DATABASE_URL": "postgresql://sayso@db/sayso"})

    assert found.database_url == "postgresql+psycopg://sayso@db/sayso"


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = Config.from_env({})
    second = Config.from_env({})
    file = tmp_path / "instance" / "secret_key"

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 43
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o606])
def test_a_key_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    Config.from_env({})
    file = tmp_path / "instance" / "secret_key"
    file.chmod(mode)

    with pytest.raises(ConfigError, match=f"chmod 600 {file}"):
        Config.from_env({})


def test_an_empty_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir()
    file = tmp_path / "instance" / "secret_key"
    file.touch(mode=0o600)

    with pytest.raises(ConfigError, match="is empty"):
        Config.from_env({})


def test_many_who_start_at_once_make_one_key() -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _number: Config.from_env({}).secret_key, range(64)))

    assert len(keys) == 1


@pytest.mark.slow
def test_two_processes_that_start_at_once_make_one_key(tmp_path: Path) -> None:
    program = (
        "import config, pathlib, sys; config.ROOT = pathlib.Path(sys.argv[1]); "
        "print(config.Config.from_env({}).secret_key)"
    )
    root = Path(__file__).resolve().parents[1]
    started = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=root, stdout=subprocess.PIPE)
               for _ in range(4)]  # fmt: skip

    keys = {process.communicate(timeout=30)[0] for process in started}

    assert len(keys) == 1
    assert keys != {b""}


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("a file stands where the folder should be")

    with pytest.raises(ConfigError) as refusal:
        Config.from_env({})

    assert "instance" in str(refusal.value)


def test_a_wrong_setting_ends_the_command_without_a_trace(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[1]
    env = dict(os.environ) | GOOD | {"PORT": "eighty"}

    done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "serve"], cwd=root, env=env,
                          capture_output=True, text=True, check=False)  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.strip() == "Sayso cannot start: PORT must be a number from 1 to 65535."


def test_the_page_for_operators_names_every_scope_of_a_key() -> None:
    root = Path(__file__).resolve().parents[1]
    table = (root / "docs" / "operations.md").read_text(encoding="utf-8").split("| scope |")[1].split("\n\n")[0]

    told = dict(re.findall(r"^\| `([a-z:]+)` \| (.+) \|$", table, re.MULTILINE))

    assert told == {str(scope): words for scope, words in WORDS.items()}


def test_the_page_for_operators_names_every_setting() -> None:
    root = Path(__file__).resolve().parents[1]
    page = (root / "docs" / "operations.md").read_text(encoding="utf-8")
    table = page.split("## Settings")[1].split("##")[0]
    program = (root / "config.py").read_text(encoding="utf-8")

    documented = {name for line in table.splitlines() if line.startswith("| `")
                  for name in re.findall(r"`([A-Z_]+)`", line.split("|")[1])}  # fmt: skip

    assert documented == set(re.findall(r'env\.get\("([A-Z_]+)"', program))
