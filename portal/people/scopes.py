"""What a key to the interface is good for. A key never does more than its person may. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from portal.errors import Invalid


class Scope(StrEnum):
    """One kind of use. A key holds any number of them."""

    SELF_READ = "self:read"
    SELF_WRITE = "self:write"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    IDEAS_READ = "ideas:read"
    IDEAS_WRITE = "ideas:write"
    VOTES_WRITE = "votes:write"
    MODERATION_WRITE = "moderation:write"
    DECISIONS_READ = "decisions:read"
    DECISIONS_WRITE = "decisions:write"
    PROMISES_READ = "promises:read"
    PROMISES_WRITE = "promises:write"
    METRICS_READ = "metrics:read"
    METRICS_WRITE = "metrics:write"
    WALLET_READ = "wallet:read"
    WALLET_WRITE = "wallet:write"
    REWARDS_READ = "rewards:read"
    REWARDS_WRITE = "rewards:write"
    BUDGETS_READ = "budgets:read"
    BUDGETS_WRITE = "budgets:write"
    LEDGER_READ = "ledger:read"
    AUDIT_READ = "audit:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    SHIFTS_READ = "shifts:read"
    SHIFTS_WRITE = "shifts:write"
    WORKER_WRITE = "worker:write"

    @property
    def words(self) -> str:
        """What it lets a program do, as a person reads it."""
        return WORDS[self]


WORDS = {
    Scope.SELF_READ: "See who the key belongs to, which keys there are, where they are signed in, and their updates",
    Scope.SELF_WRITE: "Revoke keys and end sign-ins of its person, and choose what they hear of",
    Scope.PEOPLE_READ: "List people, places and imports",
    Scope.PEOPLE_WRITE: "Bring people in, change roles, let people leave",
    Scope.IDEAS_READ: "Read ideas, comments, stories and the moderation log",
    Scope.IDEAS_WRITE: "Say ideas, bring earlier ones along, comment, follow, report, correct and take back",
    Scope.VOTES_WRITE: "Vote and take votes back",
    Scope.MODERATION_WRITE: "Hide and restore texts",
    Scope.DECISIONS_READ: "Read what waits for an answer, and the answers",
    Scope.DECISIONS_WRITE: "Answer promoted ideas: commit or decline; merge ideas that are the same",
    Scope.PROMISES_READ: "Read promises and results",
    Scope.PROMISES_WRITE: "Accept, update, move, deliver and confirm promises",
    Scope.METRICS_READ: "Read metrics and observations",
    Scope.METRICS_WRITE: "Define metrics and bring observations",
    Scope.WALLET_READ: "Read the wallet and the statements of its person",
    Scope.WALLET_WRITE: "Order rewards for its person, and thank colleagues",
    Scope.REWARDS_READ: "Read the catalogue, orders, thanks, and what payroll was given",
    Scope.REWARDS_WRITE: "Change the catalogue, decide about orders, make payroll files, hide thanks",
    Scope.BUDGETS_READ: "Read budgets, settings of rewards, awards under shown names and what was taken back",
    Scope.BUDGETS_WRITE: "Ask for points and decide about it, give some, take awards back, set what they are worth",
    Scope.LEDGER_READ: "Read the ledger",
    Scope.AUDIT_READ: "Read what people with rights did",
    Scope.WEBHOOKS_READ: "List receivers of webhooks and what was sent to them",
    Scope.WEBHOOKS_WRITE: "Add, change, pause and remove receivers of webhooks",
    Scope.SHIFTS_READ: "Read shifts, debriefs, what was learned and told, and who speaks for whom",
    Scope.SHIFTS_WRITE: "Publish, take and give up shifts, debrief, tell everybody, carry something",
    Scope.WORKER_WRITE: "Let the worker go on when its clock has jumped",
}


def scopes_of(words: Iterable[str]) -> tuple[Scope, ...]:
    """The scopes that words name, each once, in the order of the list; `all` names every one.

    Raises Invalid (`unknown_scope`, `no_scope`).
    """
    wanted = {word.strip() for word in words if word.strip()}
    if "all" in wanted:
        return tuple(Scope)
    if unknown := sorted(wanted - set(Scope)):
        raise Invalid("unknown_scope", f"There is no scope {unknown[0]!r}. Known: {', '.join(Scope)}.")
    if not wanted:
        raise Invalid("no_scope", "A key without a scope opens nothing. Name at least one.")
    return tuple(scope for scope in Scope if scope in wanted)
