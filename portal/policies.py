"""The assembled policy: every action of every capability in one table."""

from flask import Flask

from portal.commitments import policy as commitments
from portal.frontline import broadcast_policy as broadcasts
from portal.frontline import calendar_policy as calendars
from portal.frontline import insight_policy
from portal.frontline import representative_policy as representatives
from portal.frontline import signup_policy as signups
from portal.frontline import slot_policy as slots
from portal.home import policy as home
from portal.home import worker_policy as worker
from portal.ideas import policy as ideas
from portal.impact import policy as impact
from portal.ledger import policy as ledger
from portal.metrics import policy as metrics
from portal.notices import policy as notices
from portal.notices import webhook_policy as webhooks
from portal.people import access
from portal.people import policy as people
from portal.people.policy import Rule
from portal.rewards import policy as rewards
from portal.swarm import policy as swarm
from portal.triage import policy as triage

TABLES = (
    people.MAY, metrics.MAY, ledger.MAY, rewards.MAY, ideas.MAY, swarm.MAY, commitments.MAY, impact.MAY, triage.MAY,
    home.MAY, notices.MAY, webhooks.MAY, worker.MAY, slots.MAY, signups.MAY, calendars.MAY, insight_policy.MAY,
    representatives.MAY, broadcasts.MAY,
)  # fmt: skip


def assembled() -> dict[str, Rule]:
    """Action → rule. Raises RuntimeError if two capabilities claim one action."""
    table: dict[str, Rule] = {}
    for part in TABLES:
        if twice := table.keys() & part.keys():
            raise RuntimeError(f"actions named twice: {sorted(twice)}")
        table |= part
    return table


def enforce_all(app: Flask) -> None:
    """Hold every route against the table."""
    access.enforce(app, assembled())
