"""Every model, imported in one place so that the metadata is complete for migrations and tests."""

from portal.commitments import models as commitments
from portal.home import models as home
from portal.ideas import models as ideas
from portal.ledger import models as ledger
from portal.metrics import models as metrics
from portal.outbox import models as outbox
from portal.people import models as people
from portal.rewards import models as rewards
from portal.swarm import alarm_models, parameter_models, sampling_models, stop_models
from portal.swarm import models as swarm
from portal.triage import models as triage

ALL = (
    people, outbox, metrics, ledger, rewards, ideas, swarm, stop_models, parameter_models, alarm_models,
    sampling_models, commitments, triage, home,
)  # fmt: skip
