"""Settings. `Config.from_env` alone reads the environment; a wrong value stops the start with one sentence."""

import os
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.web.safe_addresses import origin_of

ROOT = Path(__file__).resolve().parent
SECRET_CHARS_MIN = 32
BODY_BYTES_MAX = 2 * 1024 * 1024
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class ConfigError(SystemExit):
    """A setting is wrong. Printed as one sentence; the process ends with status 1."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"Sayso cannot start: {sentence}")
        self.sentence = sentence


@dataclass(frozen=True)
class Config:
    """Everything the application needs to know about where it runs."""

    database_url: str
    secret_key: str
    base_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    smtp_url: str | None = None
    timezone: str = "UTC"
    working_days: tuple[str, ...] = DAYS[:5]
    working_hours: str = "09:00-17:00"
    demo: bool = False
    semantic: bool = False
    trusted_proxies: tuple[str, ...] = ()
    outgoing_inside: tuple[str, ...] = ()
    anchor_folder: Path | None = None
    anchor_mail: tuple[str, ...] = ()
    anchor_url: str | None = None
    root: Path = ROOT
    instance: Path = ROOT / "instance"
    api_per_minute: int = 120
    rate_limits: bool = True
    testing: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Config":
        """Read and check the settings of `docs/operations.md`; raises ConfigError with one sentence."""
        instance = ROOT / "instance"
        port = _port(env.get("PORT", str(cls.port)))
        return cls(
            database_url=_database_url(env.get("DATABASE_URL", ""), instance),
            secret_key=_secret_key(env.get("SECRET_KEY", ""), instance),
            base_url=_base_url(env.get("BASE_URL", f"http://127.0.0.1:{port}")),
            host=env.get("HOST", cls.host),
            port=port,
            smtp_url=_smtp_url(env.get("SMTP_URL", "")),
            timezone=_timezone(env.get("TIMEZONE", cls.timezone)),
            working_days=_working_days(env.get("WORKING_DAYS", "mon-fri")),
            working_hours=_working_hours(env.get("WORKING_HOURS", cls.working_hours)),
            demo=_switch("DEMO", env.get("DEMO", "0")),
            semantic=_switch("SEMANTIC", env.get("SEMANTIC", "0")),
            trusted_proxies=_proxies(env.get("TRUSTED_PROXIES", "")),
            outgoing_inside=_inside(env.get("OUTGOING_INSIDE", "")),
            anchor_folder=Path(env["ANCHOR_FOLDER"]) if env.get("ANCHOR_FOLDER") else None,
            anchor_mail=_anchor_mail(env.get("ANCHOR_MAIL", "")),
            anchor_url=_anchor_url(env.get("ANCHOR_URL", "")),
            api_per_minute=_per_minute(env.get("API_PER_MINUTE", str(cls.api_per_minute))),
            instance=instance,
        )

    @property
    def https(self) -> bool:
        """True when people reach the portal over https: secure cookies and HSTS are then on."""
        return self.base_url.startswith("https://")

    @property
    def anchors(self) -> Path | None:
        """The folder where heads of the ledger are noted; none in a demonstration, whose points are worth nothing."""
        return None if self.demo else self.anchor_folder or self.instance / "anchors"

    def flask_settings(self) -> dict[str, object]:
        """The part of the configuration that Flask and its extensions read themselves."""
        return {
            "SAYSO": self,
            "SECRET_KEY": self.secret_key,
            "TESTING": self.testing,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(self.database_url),
            "MAX_CONTENT_LENGTH": BODY_BYTES_MAX,
            "MAX_FORM_MEMORY_SIZE": BODY_BYTES_MAX,
            "MAX_FORM_PARTS": 1000,
            "SESSION_COOKIE_NAME": "__Host-sayso" if self.https else "sayso",
            "SESSION_COOKIE_SECURE": self.https,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": False,
            "RATELIMIT_ENABLED": self.rate_limits,
            "RATELIMIT_STORAGE_URI": "memory://",
            "RATELIMIT_HEADERS_ENABLED": True,
        }


def _engine_options(url: str) -> dict[str, object]:
    # The connection used last is taken first: its cache and its prepared statements are warm.
    pool = {"pool_size": 12, "pool_use_lifo": True}
    if url.startswith("sqlite"):
        return pool | {"connect_args": {"timeout": 10}}
    options = "-c lock_timeout=5s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"
    # A page that only reads has no transaction (portal.db): there is nothing to roll back when it ends.
    return pool | {"connect_args": {"options": options}, "skip_autocommit_rollback": True}


def _database_url(value: str, instance: Path) -> str:
    if not value:
        return f"sqlite:///{instance / 'sayso.sqlite3'}"
    if value.startswith("postgresql://"):
        return value.replace("postgresql://", "postgresql+psycopg://", 1)
    if value.startswith(("sqlite:///", "postgresql+psycopg://")):
        return value
    raise ConfigError("DATABASE_URL must start with sqlite:/// or postgresql+psycopg://.")


def _secret_key(value: str, instance: Path) -> str:
    value = value or _kept_secret(instance / "secret_key")
    if len(value) < SECRET_CHARS_MIN:
        raise ConfigError(f"SECRET_KEY must have at least {SECRET_CHARS_MIN} characters.")
    return value


def _kept_secret(path: Path) -> str:
    """The secret made at first start, readable by its owner alone."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # O_EXCL: web server and worker may both start first; exactly one of them makes the key.
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return _read_when_written(path)
    except OSError as error:
        raise _not_usable(path, error) from None
    with os.fdopen(handle, "w") as file:
        file.write(secret := secrets.token_urlsafe(48))
    return secret


def _read_when_written(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"{path} can be read by others. Run: chmod 600 {path}.")
        for _ in range(50):
            if text := path.read_text().strip():
                return text
            time.sleep(0.02)
    except OSError as error:
        raise _not_usable(path, error) from None
    raise ConfigError(f"{path} is empty. Delete it and start again.")


def _not_usable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(f"{path} cannot be used ({error.strerror}); give this account its folder, or set SECRET_KEY.")


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ConfigError("BASE_URL must look like https://sayso.example.org.")
    return value.rstrip("/")


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:
        raise ConfigError("PORT must be a number from 1 to 65535.")
    return int(value)


def _per_minute(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 1_000_000:
        raise ConfigError("API_PER_MINUTE must be a number from 1 to 1000000.")
    return int(value)


def _smtp_url(value: str) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ConfigError("SMTP_URL must look like smtp://user:password@host:587?starttls=1.")
    return value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(f"TIMEZONE {value!r} is not a known zone, such as Europe/London.") from None
    return value


def _working_days(value: str) -> tuple[str, ...]:
    days: list[str] = []
    for part in value.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last and last not in DAYS) or (last and DAYS.index(last) < DAYS.index(first)):
            raise ConfigError("WORKING_DAYS must look like mon-fri or mon,tue,sat.")
        days += DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]
    return tuple(dict.fromkeys(days))


def _working_hours(value: str) -> str:
    match = re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)", value)
    if match is None or value[:5] >= value[6:]:
        raise ConfigError("WORKING_HOURS must look like 09:00-17:00.")
    return value


def _proxies(value: str) -> tuple[str, ...]:
    entries = tuple(part.strip() for part in value.split(",") if part.strip())
    for entry in entries:
        try:
            ip_network(entry, strict=False)
        except ValueError:
            raise ConfigError(f"TRUSTED_PROXIES has {entry!r}, which is no address such as 10.0.0.1.") from None
    return entries


def _inside(value: str) -> tuple[str, ...]:
    """Machines of one's own that may be called: exact origins, never a network."""
    entries = [part.strip() for part in value.split(",") if part.strip()]
    for entry in entries:
        parts = urlsplit(entry)
        if origin_of(entry) is None or parts.path not in ("", "/") or parts.query:
            raise ConfigError(f"OUTGOING_INSIDE has {entry!r}, which must look like http://10.0.0.5:8080.")
    return tuple(origin_of(entry) or "" for entry in entries)


def _anchor_mail(value: str) -> tuple[str, ...]:
    entries = tuple(part.strip() for part in value.split(",") if part.strip())
    for entry in entries:
        if not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", entry):
            raise ConfigError(f"ANCHOR_MAIL has {entry!r}, which must look like auditor@example.org.")
    return entries


def _anchor_url(value: str) -> str | None:
    if value and origin_of(value) is None:
        raise ConfigError("ANCHOR_URL must look like https://audit.example.org/anchors.")
    return value or None


def _switch(name: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise ConfigError(f"{name} must be 0 or 1.")
    return value == "1"
