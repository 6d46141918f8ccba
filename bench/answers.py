"""A queue of ideas through the real rules of routing and time: who replies when, and what it costs executives.

    python -m bench.answers [--months 6] [--ideas 300] [--seats 6000] [--seed 1]

Nothing here decides who owes what or until when: that is `portal.triage.routing` and `portal.triage.clock`, as the
worker runs them. What is assumed is how people behave, and it stands in `Effort`, to be argued with.
"""

import argparse
import json
import math
import random
import statistics
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from portal.ideas.words import Audience, Barrier
from portal.people.absence_rules import acting
from portal.people.roles import Role
from portal.people.working_time import WorkingCalendar
from portal.triage import routing
from portal.triage.clock import Duty, Times, times
from portal.triage.routing import Asked, Chart, Held, Stands

START = date(2026, 1, 5)  # a Monday
MEDIAN_MAX, WEEK_MINUTES_MAX = 2.0, 15.0  # what has to come out
ZONES = ("Europe/London", "Europe/London", "Africa/Johannesburg", "Asia/Manila")
WEEK = frozenset(range(5))
TEAM_SEATS, SITE_SEATS = 12, 500
CLIENT, PARTNER = 1, 2  # employers


@dataclass(frozen=True)
class Effort:
    """How people behave. Minutes are means; how long each takes scatters by a factor of about two."""

    leader_minutes_a_day: float = 10.0  # the huddle sheet and the replies of a day
    leader_opens: float = 0.7  # share of working days on which a leader looks at all
    reply_minutes: float = 4.0
    executive_days: tuple[int, ...] = (1, 3)  # Tuesday and Thursday
    executive_minutes: float = 7.0  # each time; what is not finished goes on the next time
    decision_minutes: float = 1.5  # everything is filled in; nine in ten minutes is the aim
    away_weeks: float = 0.1  # share of weeks in which somebody is away; half of them name a cover
    promoted: float = 0.1  # share of ideas that the swarm carries
    promoted_after_days: float = 6.0  # working days, on the average


@dataclass
class Item:
    """Something owed. done: when, and by whom."""

    duty: Duty
    asked: Asked
    began: datetime
    due: Times
    people: list[int]
    needs: float  # minutes of work
    level: int = 0
    done: datetime | None = None


@dataclass
class World:
    """The organisation of a run."""

    chart: Chart
    sites: list[tuple[int, str, int, WorkingCalendar]]  # number, path, employer, calendar
    executives: set[int]
    calendar_of: dict[int, WorkingCalendar]
    directors: dict[int, int]


@dataclass
class Result:
    """What came out. Days are working days of the site, from said to a person's reply and from promoted to the answer;
    minutes are an executive's: each one's mean week, the mean and the most of those, and the worst week of all.
    """

    ideas: int
    without_answerer: int
    replied: int
    median_first_reply_days: float
    p90_first_reply_days: float
    late_replies: int
    answers: int
    median_answer_days: float
    late_answers: int
    climbed: int
    executives: int
    executive_minutes_a_week_mean: float
    executive_minutes_a_week_most: float
    executive_minutes_worst_week: float
    effort: Effort = field(default_factory=Effort)

    @property
    def good(self) -> bool:
        """Every idea has somebody, replies are quick, and no executive is asked for more than was promised."""
        quick = self.median_first_reply_days <= MEDIAN_MAX
        return self.without_answerer == 0 and quick and self.executive_minutes_worst_week <= WEEK_MINUTES_MAX


def organisation(seats: int) -> World:
    """Sites of 500 seats, every third run by a partner; a leader for each team, a director for each site."""
    held, people, sites, home = [], {}, [], {}
    top = (10, Role.EXECUTIVE), (11, Role.PROGRAMME), (12, Role.PROGRAMME), (13, Role.ADMINISTRATOR)
    for person, role in top:
        held.append(Held(person, role, "/1/"))
        people[person] = Stands("/1/", None, CLIENT, None)
    following, directors = 100, {}
    for number in range(max(1, round(seats / SITE_SEATS))):
        employer = PARTNER if number % 3 == 2 else CLIENT
        site = 1_000 + number
        path = f"/1/{site}/" if employer == CLIENT else f"/1/2/{site}/"
        calendar = WorkingCalendar(ZONES[number % len(ZONES)], WEEK, time(9), time(17))
        sites.append((site, path, employer, calendar))
        director = following
        directors[site] = director
        held.append(Held(director, Role.EXECUTIVE, path))
        people[director], home[director] = Stands(path, site, employer, 10), calendar
        for leader in range(director + 1, director + 1 + SITE_SEATS // TEAM_SEATS):
            team = f"{path}{leader}/"
            held.append(Held(leader, Role.TEAM_LEADER, team))
            people[leader], home[leader] = Stands(team, site, employer, director), calendar
            following = leader + 1
    usual = WorkingCalendar("Europe/London", WEEK, time(9), time(17))
    for person, _ in top:
        home[person] = usual
    executives = {one.person_id for one in held if one.role is Role.EXECUTIVE}
    return World(Chart(held, people), sites, executives, home, directors)


def run(*, seats: int = 6_000, ideas_a_month: int = 300, months: int = 6, seed: int = 1, effort: Effort | None = None
        ) -> Result:  # fmt: skip
    """Simulate day by day; nothing in it reads the clock."""
    return _Run(organisation(seats), effort or Effort(), random.Random(seed)).result(ideas_a_month, months)


class _Run:
    """One run: the queues of everybody, and what they did."""

    def __init__(self, world: World, effort: Effort, chance: random.Random) -> None:
        self.world, self.effort, self.chance = world, effort, chance
        self.queues: dict[int, list[Item]] = defaultdict(list)
        self.items: list[Item] = []
        self.unnamed = 0
        self.climbed = 0
        self.minutes: dict[tuple[int, int], float] = defaultdict(float)  # (executive, week)
        self.later: list[tuple[datetime, Asked]] = []  # to be promoted
        self.away: dict[int, int | None] = {}

    def result(self, ideas_a_month: int, months: int) -> Result:
        days = round(months * 30.4)
        weeks = days / 7
        for number in range(days):
            day = START + timedelta(days=number)
            if day.weekday() == 0:
                self._who_is_away()
            self._say(day, ideas_a_month / 30.4)
            self._work(day, number // 7)
            self._climb(datetime.combine(day, time(23, 59), UTC))
        return self._summed(weeks)

    def _who_is_away(self) -> None:
        self.away = {}
        for person, stands in self.world.chart.people.items():
            if self.chance.random() >= self.effort.away_weeks:
                continue
            director = self.world.directors.get(stands.site_id or 0)
            self.away[person] = director if self.chance.random() < 0.5 and director != person else None

    def _say(self, day: date, expected: float) -> None:
        for _ in range(_poisson(expected, self.chance)):
            site, path, employer, calendar = self.chance.choice(self.world.sites)
            asked = Asked(path, self.chance.choice(list(Barrier)), Audience.ORGANISATION, site, employer)
            said = datetime.combine(day, time(0), UTC) + timedelta(minutes=self.chance.randrange(24 * 60))
            self._owe(Duty.FIRST_REPLY, asked, said, calendar)
            if self.chance.random() < self.effort.promoted:
                wait = self.chance.expovariate(1 / self.effort.promoted_after_days)
                self.later.append((calendar.after(said, wait), asked))
        due = [one for one in self.later if one[0].date() <= day]
        self.later = [one for one in self.later if one[0].date() > day]
        for at, asked in due:
            calendar = next(one[3] for one in self.world.sites if one[0] == asked.site_id)
            self._owe(Duty.ANSWER, asked, at, calendar)

    def _owe(self, duty: Duty, asked: Asked, began: datetime, calendar: WorkingCalendar) -> None:
        person = routing.answerer(self.world.chart, duty, asked, partial(acting, away=self.away))
        if person is None:
            self.unnamed += 1
            return
        mean = self.effort.decision_minutes if duty is Duty.ANSWER else self.effort.reply_minutes
        needs = mean * math.exp(self.chance.gauss(-0.245, 0.7))  # with a mean of one
        made = Item(duty, asked, began, times(duty, began, calendar), [person], needs)
        self.items.append(made)
        self.queues[person].append(made)

    def _work(self, day: date, week: int) -> None:
        for person, queue in self.queues.items():
            queue[:] = [one for one in queue if one.done is None]
            calendar = self.world.calendar_of[person]
            if queue and person not in self.away and calendar.works_on(day) and self._looks(person, day):
                begins = calendar.end_of(day) - timedelta(minutes=self.chance.randrange(30, 480))
                self._sit(person, queue, begins, week)

    def _looks(self, person: int, day: date) -> bool:
        if person in self.world.executives:
            return day.weekday() in self.effort.executive_days
        return self.chance.random() < self.effort.leader_opens

    def _sit(self, person: int, queue: list[Item], begins: datetime, week: int) -> None:
        """Work through what waits, the most urgent first, until the time for it is over."""
        executive = person in self.world.executives
        left = self.effort.executive_minutes if executive else self.effort.leader_minutes_a_day
        spent = 0.0
        for item in sorted(queue, key=lambda one: one.due.due_at):
            if item.done is not None or item.began > begins:
                continue
            now = min(item.needs, left - spent)
            spent, item.needs = spent + now, item.needs - now
            if item.needs > 0:
                break
            item.done = begins + timedelta(minutes=spent)
        if executive:
            self.minutes[person, week] += spent

    def _climb(self, now: datetime) -> None:
        for item in self.items:
            following = item.due.next_climb(item.level)
            if item.done is not None or following is None or following > now:
                continue
            item.level += 1
            found = routing.called(self.world.chart, item.duty, item.asked, item.people[-1], self._above, item.people)
            if found is not None:
                item.people.append(found)
                self.queues[found].append(item)
                self.climbed += 1

    def _above(self, person: int) -> list[int]:
        line, here = [], self.world.chart.people[person].manager_id
        while here is not None and here not in line:
            line.append(here)
            here = self.world.chart.people[here].manager_id
        return line

    def _summed(self, weeks: float) -> Result:
        took: dict[Duty, list[float]] = {duty: [] for duty in Duty}
        late = dict.fromkeys(Duty, 0)
        for item in self.items:
            calendar = next(one[3] for one in self.world.sites if one[0] == item.asked.site_id)
            late[item.duty] += item.level > 0
            if item.done is not None:
                took[item.duty].append(max(0.0, calendar.days_between(item.began, item.done)))
        replies, answers = sorted(took[Duty.FIRST_REPLY]), took[Duty.ANSWER]
        a_week = [
            sum(spent for (one, _), spent in self.minutes.items() if one == person) / weeks
            for person in self.world.executives
        ]
        return Result(
            ideas=sum(one.duty is Duty.FIRST_REPLY for one in self.items) + self.unnamed,
            without_answerer=self.unnamed, replied=len(replies),
            median_first_reply_days=round(statistics.median(replies), 2),
            p90_first_reply_days=round(replies[int(0.9 * len(replies))], 2), late_replies=late[Duty.FIRST_REPLY],
            answers=len(answers), median_answer_days=round(statistics.median(answers or [0.0]), 2),
            late_answers=late[Duty.ANSWER], climbed=self.climbed, executives=len(a_week),
            executive_minutes_a_week_mean=round(statistics.mean(a_week), 2),
            executive_minutes_a_week_most=round(max(a_week), 2),
            executive_minutes_worst_week=round(max(self.minutes.values(), default=0.0), 1), effort=self.effort,
        )  # fmt: skip


def _poisson(mean: float, chance: random.Random) -> int:
    """Knuth's method; mean is small."""
    limit, count, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        count, product = count + 1, product * chance.random()
    return count


def main() -> int:
    """Print what came out as JSON; 2 where it is not good enough."""
    parser = argparse.ArgumentParser(prog="python -m bench.answers", description=__doc__)
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--ideas", type=int, default=300, help="ideas a month")
    parser.add_argument("--seats", type=int, default=6_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    found = run(seats=asked.seats, ideas_a_month=asked.ideas, months=asked.months, seed=asked.seed)
    print(json.dumps(asdict(found) | {"good": found.good}, indent=2))
    return 0 if found.good else 2


if __name__ == "__main__":
    raise SystemExit(main())
