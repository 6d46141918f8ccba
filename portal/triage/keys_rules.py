"""The single keys of triage: which there are, which somebody chose, and why a choice is refused. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.errors import Invalid, Refusal


class KeyAction(StrEnum):
    """What a key can do."""

    NEXT = "next"
    BACK = "back"
    COMMIT = "commit"
    ASK = "ask"
    MERGE = "merge"
    DECLINE = "decline"
    UNDO = "undo"
    HELP = "help"


DELIVERED: Mapping[str, str] = dict(zip(KeyAction, "jkcamdu?", strict=True))
LABELS = {
    "next": "Next idea", "back": "The one before", "commit": "Commit", "ask": "Ask", "merge": "Merge",
    "decline": "Decline", "undo": "Undo the last answer", "help": "Show all keys",
}  # fmt: skip


class KeyRefusal(Refusal):
    """Why a choice of keys is not kept."""

    NOT_ONE = "not_one_key", Invalid, "Give one letter or sign for each, no digit: those choose within an answer."
    TWICE = "key_twice", Invalid, "Two of these have the same key."


@dataclass(frozen=True)
class Keys:
    """on: single keys do something. keys: action → key, for every action there is."""

    on: bool
    keys: Mapping[str, str]


def chosen(off: bool | None, text: str | None) -> Keys:
    """What somebody chose, as it is stored; None where nothing is. An action that is new since has its own key."""
    own = json.loads(text or "{}")
    return Keys(not off, {action: str(own.get(action, key)) for action, key in DELIVERED.items()})


def keys_refusal(keys: Mapping[str, str]) -> KeyRefusal | None:
    """Why these are no keys, or None. keys: action → key."""
    if any(len(key) != 1 or not key.isprintable() or key.isspace() or key.isdigit() for key in keys.values()):
        return KeyRefusal.NOT_ONE
    return KeyRefusal.TWICE if len({key.lower() for key in keys.values()}) < len(keys) else None
