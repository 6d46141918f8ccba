"""The catalogue of the demo, two orders and a few thanks, through the verbs that the pages use."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from portal.demo.people import Crowd
from portal.errors import Conflict
from portal.people.queries import demo_viewer
from portal.people.viewer import Viewer
from portal.rewards import redemption_queries, redemption_service, settings_service, shop_service, thanks_service
from portal.rewards.settings_queries import settings
from portal.rewards.shop_rules import NewReward
from portal.rewards.thanks_rules import NewThanks
from portal.rewards.words import RewardKind

if TYPE_CHECKING:
    from portal.demo.load import Calendar

THANKS_MONTHLY = 30
TEAM = NewReward(
    RewardKind.TEAM, "Coffee round for the team", "Your team leader gets the voucher for the coffee bar", 5, 15,
    description="Flat whites, teas and what else there is, for everybody on your shift.",
)  # fmt: skip
VOUCHER = NewReward(
    RewardKind.MONEY, "Supermarket voucher, 10", "It comes by e-mail, and payroll adds it as a benefit", 7, 200,
    description="At any of the large ones.", money_cents=1000,
)  # fmt: skip
CATALOGUE = (
    TEAM,
    NewReward(RewardKind.TIME, "Leave 30 minutes early", "Your planner agrees a day with you", 14, 60,
              description="On a day on which the forecast allows it.", stock=40),
    NewReward(RewardKind.GIVE, "Give 5 to the lifeboats", "We pass it on at the end of the month", 31, 100,
              description="The organisation adds the same again."),
    NewReward(RewardKind.TIME, "Swap one weekend shift", "Your planner finds somebody who takes it", 21, 150, stock=6),
    VOUCHER,
    NewReward(RewardKind.GROWTH, "A day with another department", "We ask them for a date", 30, 250,
              description="Legal, network planning, engineering: you choose.", stock=10),
    NewReward(RewardKind.MONEY, "25 with your pay", "Payroll pays it out with the next month", 35, 500,
              money_cents=2500),
    NewReward(RewardKind.GROWTH, "A course of your choice", "We book it with you", 60, 900, stock=1,
              description="Up to two days, in working time."),
)  # fmt: skip
THANKS = (
    "Stayed on the line with me until the router was back. The customer never noticed.",
    "Showed me where the old price list hides. Saved me ten minutes a call since.",
    "Took my last call so that I could catch the bus.",
)


def plan_shop(crowd: Crowd, calendar: "Calendar", *, now: datetime) -> None:
    """Put it all into the calendar of the last two months."""
    hannah = crowd.cast["hannah"]
    sam = demo_viewer("frontline") or hannah
    friends = [one for one in crowd.teams[_team_of(crowd, sam)] if one.id != sam.id][: len(THANKS)]
    calendar.add(now - timedelta(days=60), partial(_open_shop, hannah))
    for place, (friend, words) in enumerate(zip(friends, THANKS, strict=False)):
        calendar.add(now - timedelta(days=9 - 2 * place), partial(_thank, friend, sam, words))
    calendar.add(now - timedelta(days=3), partial(_thank, sam, friends[0], "Explained the new form twice, smiling."))
    calendar.add(now - timedelta(days=2), partial(_order, sam, 1, TEAM.price))
    richest = partial(_order_of_somebody, [one for team in crowd.teams.values() for one in team if one.id != sam.id])
    calendar.add(now - timedelta(days=1), partial(_deliver_first, hannah, richest))


def _team_of(crowd: Crowd, viewer: Viewer) -> str:
    return next(key for key, people in crowd.teams.items() if any(one.id == viewer.id for one in people))


def _open_shop(hannah: Viewer, at: datetime) -> None:
    current = settings()
    settings_service.change(
        hannah, replace(current, thanks_monthly=THANKS_MONTHLY), based_on=current.version, now=at
    )  # fmt: skip
    for reward in CATALOGUE:
        shop_service.add(hannah, reward, now=at)


def _thank(giver: Viewer, to: Viewer, words: str, at: datetime) -> None:
    points = 10 if words in THANKS else 0
    thanks_service.say(giver, NewThanks(to.id, words, points), key=f"demo-{giver.id}-{to.id}", now=at)


def _order(viewer: Viewer, reward: int, price: int, at: datetime) -> int:
    note = "Friday, if that is possible."
    return redemption_service.redeem(viewer, reward, price=price, key="demo", note=note, now=at).id


def _order_of_somebody(people: list[Viewer], at: datetime) -> int | None:
    """The first who has enough for a voucher orders one."""
    voucher = CATALOGUE.index(VOUCHER) + 1
    for one in people:
        try:
            return _order(one, voucher, VOUCHER.price, at)
        except Conflict:
            continue
    return None


def _deliver_first(hannah: Viewer, order: Callable[[datetime], int | None], at: datetime) -> None:
    number = order(at)
    if number is not None:
        for verb in (redemption_service.approve, redemption_service.deliver):
            at += timedelta(hours=2)
            verb(hannah, redemption_queries.order_row(hannah, number), now=at)
