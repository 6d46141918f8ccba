"""A small organisation with a metric by week at eight sites, and promises that went live at some of them."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert, select

from portal.commitments.models import Commitment, CommitmentState, Delivery, DeliverySite, DeliveryVerdict
from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Barrier, Kind, Names, Stage
from portal.impact.models import Guardrail, Plan, Rollout, SelfCheck
from portal.impact.verdict_rules import METHOD_VERSION
from portal.impact.words import Shape
from portal.metrics.models import Cadence, Direction, Metric, Observation
from portal.people import service as people
from portal.people.models import Place
from portal.people.roles import PlaceKind
from tests.factories import NOON, Cast

LIVE = date(2026, 1, 5)  # a Monday in the first quarter
SITES = ("Leeds", "Belfast", "Durban", "Manila", "Cork", "Perth", "Derry", "Tampa")
WEEKS_BEFORE, WEEKS_AFTER = 40, 27


def moment(day: int, hour: int = 6) -> datetime:
    """An hour on a day after the go-live."""
    return datetime.combine(LIVE + timedelta(days=day), datetime.min.time(), UTC) + timedelta(hours=hour)


@dataclass
class World:
    """Ids. sites: name → place."""

    cast: Cast
    sites: dict[str, int] = field(default_factory=dict)

    def metric(
        self,
        code: str,
        *,
        effect: float = 0.0,
        at: tuple[str, ...] = (),
        later: float | None = None,
        direction: Direction = Direction.UP_IS_GOOD,
        until: int = WEEKS_AFTER,
        since: date = LIVE,
    ) -> int:
        """A metric by week; `effect` at some sites from a day on, and `later` from week 13 on."""
        made = Metric(code=code, name=code.capitalize(), unit="points", direction=direction, cadence=Cadence.WEEK,
                      unit_value_minor=2, currency="GBP", harm_limit=1.5)  # fmt: skip
        db.session.add(made)
        db.session.flush()
        drawn, rows = random.Random(code), []
        for site, place in self.sites.items():
            for week in range(-WEEKS_BEFORE, until):
                day = LIVE + timedelta(weeks=week)
                moved = 0.0
                if site in at and day >= since:
                    moved = effect if later is None or week < 13 else later
                rows.append(
                    {
                        "metric_id": made.id,
                        "place_id": place,
                        "day": day,
                        "n": 300,
                        "revision": 1,
                        "value": round(70 + moved + drawn.gauss(0, 0.6), 4),
                        "recorded_at": moment(-400),
                    }
                )
        db.session.execute(insert(Observation), rows)
        return made.id

    def promise(
        self,
        metric_id: int,
        *,
        at: tuple[str, ...],
        rails: tuple[int, ...] = (),
        day: int = 0,
        registered: int = -30,
        share: int | None = None,
        expected: float = 3.0,
        names: Names = Names.SHOWN,
        **over: object,
    ) -> Plan:
        """A promise with a plan, delivered, confirmed by vic, live at some sites; written by asha."""
        cast, live = self.cast, LIVE + timedelta(days=day)
        idea = Idea(
            kind=Kind.STUPID_RULE, say="We may not pass details on.", title="Details stay behind",
            barrier=Barrier.SYSTEMS, stage=Stage.DONE, names=names, author_id=cast.asha,
            audience=Audience.ORGANISATION, employer_id=cast.places["Harbour"], site_id=self.sites["Leeds"],
            team_id=None, origin_label="a colleague", said_at=NOON, moved_at=NOON, comment_count=0,
        )  # fmt: skip
        db.session.add(idea)
        db.session.flush()
        promise = Commitment(idea_id=idea.id, owner_id=cast.olu, sponsor_id=cast.vic, sentence="Details travel along.",
                             metric_id=metric_id, due_on=live, state=CommitmentState.CONFIRMED, made_at=moment(-60),
                             updated_at=moment(day), live_from=live, kept_late=False)  # fmt: skip
        db.session.add(promise)
        db.session.flush()
        done = Delivery(commitment_id=promise.id, by_id=cast.olu, at=moment(day), live_from=live, evidence="Seen.")
        db.session.add(done)
        db.session.flush()
        db.session.add_all(DeliverySite(delivery_id=done.id, site_id=self.sites[site]) for site in at)
        db.session.add(DeliveryVerdict(delivery_id=done.id, by_id=cast.vic, at=moment(day), confirmed=True))
        values = {
            "commitment_id": promise.id, "metric_id": metric_id, "definition_version": 1, "expected_effect": expected,
            "shape": Shape.STEP, "unit_value_minor": 2, "currency": "GBP", "registered_by_id": cast.olu,
            "registered_at": moment(registered), "hash": "0" * 64, "bundle_share": share,
        } | over  # fmt: skip
        plan = Plan(**values)
        db.session.add(plan)
        db.session.flush()
        db.session.add_all(Guardrail(plan_id=plan.id, metric_id=rail, harm_limit=1.5) for rail in rails)
        db.session.add_all(
            Rollout(commitment_id=promise.id, place_id=self.sites[site], reason=None, live_from=live,
                    delivery_id=done.id, confirmed_by_id=cast.vic, confirmed_at=moment(day)) for site in at
        )  # fmt: skip
        db.session.flush()
        return plan

    def passed(self, *, runs: int = 100, alarms: int = 4) -> None:
        """A finished self-check."""
        db.session.add(SelfCheck(metric_id=None, runs=runs, alarms=alarms, seed=1, detail='{"metrics": []}', by_id=None,
                                 method_version=METHOD_VERSION, input_hash="0" * 64, at=moment(0)))  # fmt: skip
        db.session.flush()


def make_world(cast: Cast) -> World:
    """The eight sites: four of the cast, and four more of the organisation."""
    top = db.session.get_one(Place, cast.places["Harbour"])
    sites = select(Place.name, Place.id).where(Place.kind == PlaceKind.SITE)
    known = {row.name: row.id for row in db.session.execute(sites)}
    for name in SITES:
        if name not in known:
            known[name] = people.add_place(PlaceKind.SITE, name, top).id
    db.session.flush()
    return World(cast, {name: known[name] for name in SITES})
