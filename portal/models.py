"""Every model, imported in one place so that the metadata is complete for migrations and tests."""

from collections.abc import Mapping
from typing import Any

from portal.commitments import floor_models as floor
from portal.commitments import models as commitments
from portal.commitments import relapse_models as relapses
from portal.commitments import work_models as keeping
from portal.frontline import broadcast_models as broadcasts
from portal.frontline import debrief_models as debriefs
from portal.frontline import models as shifts
from portal.frontline import representative_models as representatives
from portal.home import models as home
from portal.home import programme_models as programme
from portal.ideas import bulletin_models as bulletins
from portal.ideas import models as ideas
from portal.ideas import rule_record_models as rule_records
from portal.ideas import search_models as search
from portal.impact import models as impact
from portal.ledger import models as ledger
from portal.metrics import models as metrics
from portal.notices import models as notices
from portal.notices import webhook_models
from portal.outbox import clock_models
from portal.outbox import models as outbox
from portal.people import calendar_models
from portal.people import models as people
from portal.rewards import models as rewards
from portal.rewards import shop_models as shop
from portal.rewards import thanks_models as thanks
from portal.swarm import alarm_models, parameter_models, sampling_models, stop_models
from portal.swarm import looks_models as swarm_looks
from portal.swarm import merge_models as merging
from portal.swarm import models as swarm
from portal.swarm import occurrence_models as occurrences
from portal.triage import again_models as asking_again
from portal.triage import assignment_models as assignments
from portal.triage import local_fix_models as local_fixes
from portal.triage import models as triage
from portal.triage import moves_models as moves

ALL = (
    people, calendar_models, outbox, metrics, ledger, rewards, shop, thanks, ideas, rule_records, search, swarm,
    merging, occurrences, swarm_looks, stop_models, parameter_models, alarm_models, sampling_models, commitments,
    relapses, keeping, triage, asking_again, moves, assignments, local_fixes, home, notices, programme, bulletins,
    floor, webhook_models, clock_models, impact, shifts, debriefs, broadcasts, representatives,
)  # fmt: skip
KEPT_BY_THE_DATABASE = ("search_fts", "search_vector")


def ours(name: str | None, kind: str, parents: Mapping[str, Any]) -> bool:
    """False for what a migration has made by hand for one of the databases, and no model knows: lists of words.

    For `include_name` of Alembic's comparison.
    """
    if kind == "column" and parents.get("table_name") == "search_entries":
        return name != "search_vector"
    return not (name or "").startswith(KEPT_BY_THE_DATABASE)
