"""A worker and people who live through given days: every verb and every round of the worker gets its moment."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask

from portal.commitments.models import Commitment
from portal.db import db, writing
from portal.ideas.models import Idea
from portal.notices.models import Notice
from portal.people.models import Person
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer
from portal.worker import handlers, run_once

ZONE = ZoneInfo("Europe/London")
MORNING, EVENING = 9, 18
# What the worker keeps ready for pages: it tells nobody anything, and is most of the work of a day.
KEPT_FOR_PAGES = ("home.", "search.", "triage.alike", "swarm.refresh", "programme.")
Act = Callable[["Travel", datetime], object]


@dataclass
class Travel:
    """Days are counted from `first`. What people do happens at nine; the worker runs once, at six in the evening."""

    app: Flask
    first: date
    numbers: dict[str, int] = field(default_factory=dict)  # of ideas and promises, by the names the plan gives them

    def live(self, days: int, plan: Mapping[int, Act]) -> None:
        """Live through the days, the worker asking about no jump of the clock, and run it twice on the last."""
        assert max(plan) < days
        telling = {topic: one for topic, one in handlers().items() if not topic.startswith(KEPT_FOR_PAGES)}
        for day in range(days):
            if day in plan:
                with self.app.app_context(), writing():
                    plan[day](self, self.at(day, MORNING))
            run_once(self.app, now=self.at(day, EVENING), handlers=telling, guarded=True)
        last = self.at(days - 1, EVENING) + timedelta(minutes=1)
        run_once(self.app, now=last, handlers=telling, guarded=True)

    def at(self, day: int, hour: int) -> datetime:
        """An hour of a day, on the clock of the organisation."""
        here = datetime(self.first.year, self.first.month, self.first.day, hour, tzinfo=ZONE)
        return (here.replace(tzinfo=None) + timedelta(days=day)).replace(tzinfo=ZONE)

    def on(self, day: int) -> date:
        """The date of a day."""
        return self.first + timedelta(days=day)

    def day_of(self, moment: datetime) -> int:
        """The day on which a moment falls."""
        return (moment.astimezone(ZONE).date() - self.first).days

    def idea(self, name: str) -> Idea:
        """An idea of the plan."""
        return db.session.get_one(Idea, self.numbers[name])

    def promise(self, name: str) -> Commitment:
        """A promise of the plan."""
        return db.session.get_one(Commitment, self.numbers[name])

    def told(self) -> list[tuple[int, str, str, tuple[str, ...]]]:
        """(day, idea or promise, title, who was told) of everything that anybody was told, in the order of telling."""
        with self.app.app_context():
            query = db.select(Notice, Person.name).join(Person, Person.id == Notice.person_id).order_by(Notice.id)
            groups: dict[tuple[int, str, str, str], list[str]] = defaultdict(list)
            for notice, name in db.session.execute(query):
                about = self._about(notice)
                groups[self.day_of(notice.at), about, notice.title, notice.event_id].append(name)
        return [(day, about, title, tuple(sorted(who))) for (day, about, title, _), who in groups.items()]

    def mails(self) -> list[str]:
        """The events in the Message-IDs of all mails that were written."""
        found = Path(self.app.config["SAYSO"].instance, "mail").glob("*.eml")
        ids = (message_from_bytes(file.read_bytes(), policy=default)["Message-ID"] for file in found)
        return sorted(one.strip("<>").partition("@")[0] for one in ids)

    def letters(self, *, until: datetime) -> tuple[list[str], int]:
        """The letters in which notices say that they were mailed, and how many should have been and were not."""
        with self.app.app_context():
            sent = db.session.scalars(db.select(Notice.letter).where(Notice.mailed_at.is_not(None)).distinct())
            late = Notice.mail_at <= until, Notice.mailed_at.is_(None)
            return sorted(filter(None, sent)), db.session.query(Notice).filter(*late).count()

    def _about(self, notice: Notice) -> str:
        path = notice.path.partition("#")[0]
        for name, number in self.numbers.items():
            kinds = (f"/commitments/{number}",) if "promise" in name else (f"/ideas/{number}", f"/triage?idea={number}")
            if path in kinds:
                return name
        return path


def who(person_id: int) -> Viewer:
    """The viewer that a person is."""
    found = viewer_of(person_id)
    assert found is not None
    return found
