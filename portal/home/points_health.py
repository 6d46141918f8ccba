"""Whether points move, for whoever looks after the machine."""

from portal.home.readiness import Check
from portal.ledger.checks import newest

NAME = "points"


def check() -> Check:
    """For `flask doctor`, /healthz?full and the details of /readyz: what the newest verification of the ledger says."""
    last = newest()
    if last is None:
        return Check(NAME, True, "not verified yet; the worker does it every night")
    if not last.ok:
        # Everybody may read /readyz: no figure of an account stands there.
        return Check(NAME, False, "rewards are read-only, the ledger does not hold. Run: flask ledger verify")
    return Check(NAME, True, f"the ledger held at {last.at:%Y-%m-%d %H:%M} UTC, entry {last.seq}")
