"""What can be wrong with a row about a person by itself, whoever is here already. Pure."""

import re
import unicodedata
from collections.abc import Callable
from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from portal.people.addresses import EMAIL_CHARS_MAX, STAFF_NUMBER_CHARS_MAX, is_full_address, is_staff_number
from portal.people.csv_cells import is_formula
from portal.people.roles import Role

TEXT_CHARS_MAX = 120
YES = {"", "yes", "y", "true", "1", "active", "employed", "enabled"}
NO = {"no", "n", "false", "0", "inactive", "left", "leaver", "terminated", "disabled"}
IN_FILES = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]")
SHORTENED = re.compile(r"\d([.,]\d+)?e\+\d+", re.I)
Report = Callable[[str, str, str, str, str], None]  # code, column, value, what is wrong, what to do


def key(login: str) -> str:
    """How an e-mail address or staff number is compared."""
    return unicodedata.normalize("NFC", login).strip().casefold()


def check_text(name: str, value: str, problem: Report) -> None:
    """Report what no text of a row may hold."""
    longest = {"email": EMAIL_CHARS_MAX, "staff_number": STAFF_NUMBER_CHARS_MAX}.get(name, TEXT_CHARS_MAX)
    if HIDDEN.search(value):
        problem("control_characters", name, value, "holds invisible control characters", "Type it again.")
    elif "\n" in value or "\r" in value or "\t" in value:
        problem("several_lines", name, value.split("\n")[0], "has more than one line", "Keep it to one line.")
    elif is_formula(value):
        problem(
            "formula",
            name,
            value,
            f"starts with '{value[0]}', which a spreadsheet would run",
            "Start it with a letter.",
        )
    elif len(value) > (EMAIL_CHARS_MAX if name == "manager" else longest):
        problem("too_long", name, value, f"is {len(value)} characters long", f"Keep it to {longest}.")


def check_facts(cells: dict[str, str], problem: Report) -> None:
    """Report what does not go together, or is not what its column is for."""
    email, number = cells.get("email", ""), cells.get("staff_number", "")
    for name in ("name", "site"):
        if not cells[name]:
            problem("empty", name, "", "is empty", f"Fill in the {name}.")
    if not email and not number:
        problem(
            "no_login", "email", "", "and staff_number are both empty", "Fill in one of them: people sign in with it."
        )
    if email and not is_full_address(email):
        problem("bad_email", "email", email, "is not a full address", "Write it like name@company.example.")
    if SHORTENED.fullmatch(number):
        problem(
            "shortened_number",
            "staff_number",
            number,
            "was shortened by a spreadsheet",
            "Format the column as text and export again.",
        )
    elif number and not is_staff_number(number):
        problem("bad_staff_number", "staff_number", number, "is not a staff number", "Write one word without an @.")
    if cells.get("manager") and key(cells["manager"]) in {key(email), key(number)}:
        problem(
            "own_manager", "manager", cells["manager"], "is the person's own", "Name somebody else, or leave it empty."
        )
    if cells.get("timezone") and _zone(cells["timezone"]) is None:
        problem(
            "unknown_timezone",
            "timezone",
            cells["timezone"],
            "is not a known time zone",
            "Write it like Europe/London.",
        )


def role_in(value: str, problem: Report) -> Role | None:
    """The role that a cell names."""
    if not value:
        return None
    word = re.sub(r"[\W_]+", "_", value.casefold())
    if word == Role.ADMINISTRATOR:
        problem(
            "role_not_given_here",
            "role",
            value,
            "is not given by a file",
            "Give it on the person's page after the import.",
        )
    elif word in IN_FILES:
        return Role(word)
    else:
        problem("unknown_role", "role", value, "is not a role", f"Use one of: {', '.join(IN_FILES)}.")
    return None


def active_in(value: str, problem: Report) -> bool:
    """False where a cell says that somebody has left."""
    if value.casefold() not in YES | NO:
        problem("bad_active", "active", value, "is neither yes nor no", "Write yes or no.")
    return value.casefold() not in NO


@lru_cache(maxsize=1000)
def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
