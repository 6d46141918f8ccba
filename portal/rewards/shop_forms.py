"""What is sent about the catalogue: an order, and something that is added or changed."""

from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.rewards.shop_models import Reward
from portal.rewards.shop_rules import (
    DAYS_MAX,
    DESCRIPTION_CHARS_MAX,
    MONEY_CENTS_MAX,
    NAME_CHARS_MAX,
    NOTE_CHARS_MAX,
    PRICE_MAX,
    STOCK_MAX,
    WHAT_NEXT_CHARS_MAX,
    NewReward,
)
from portal.rewards.words import RewardKind
from portal.web.forms import StrictForm, no_controls, one_line, tidy

KEY_CHARS_MAX = 36


class _Whole(IntegerField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; raises ValueError with the sentence to show."""
        told = [text.strip() for text in valuelist]
        if told and told[0] and not (told[0].isascii() and told[0].isdigit()):
            raise ValueError("Write a whole number, such as 200.")
        super().process_formdata(told)


class _Money(_Whole):
    """An amount such as 25 or 25.50, kept in cents."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the amount; raises ValueError with the sentence to show."""
        text = valuelist[0].strip() if valuelist else ""
        whole, _, cents = text.partition(".")
        if text and not (
            text.isascii() and whole.isdigit() and (cents.isdigit() or "." not in text) and len(cents) <= 2
        ):
            raise ValueError("Write an amount such as 25 or 25.50.")
        self.data = int(whole) * 100 + int(cents.ljust(2, "0") or 0) if text else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data // 100}.{self.data % 100:02d}"


class OrderForm(StrictForm):
    """price: what the person saw. key: of the form, so that it is ordered once."""

    key = HiddenField(validators=[InputRequired(), Length(max=KEY_CHARS_MAX)])
    price = HiddenField(validators=[InputRequired(), Length(max=10)])
    note = TextAreaField(
        "Anything that whoever arranges it should know?", filters=[tidy],
        validators=[Length(max=NOTE_CHARS_MAX, message=f"Keep it to {NOTE_CHARS_MAX} characters."), no_controls],
    )  # fmt: skip

    @property
    def price_seen(self) -> int:
        """The price that stood on the page; 0 where it was tampered with."""
        text = self.price.data or ""
        return int(text) if text.isascii() and text.isdigit() else 0


def _of(least: int, most: int) -> NumberRange:
    return NumberRange(least, most, message=f"A whole number from {least:,} to {most:,}.")


def _text(label: str, most: int, *needed: Any) -> dict[str, Any]:
    limit = Length(max=most, message=f"Keep it to {most} characters.")
    return {"label": label, "filters": [tidy], "validators": [*needed, limit, no_controls]}


class RewardForm(StrictForm):
    """Something of the catalogue. stock_seen: what the stock was when the page was made."""

    kind = RadioField(
        "What kind is it?", choices=[SelectChoice(one.value, one.label) for one in RewardKind],
        validators=[InputRequired("Choose a kind.")],
    )  # fmt: skip
    name = StringField(
        "Name", filters=[tidy],
        validators=[InputRequired("Give it a name."), one_line,
                    Length(max=NAME_CHARS_MAX, message=f"Keep it to {NAME_CHARS_MAX} characters.")],
    )  # fmt: skip
    description = TextAreaField(**_text("What is it?", DESCRIPTION_CHARS_MAX))
    price = _Whole("Price in points", validators=[InputRequired("Give it a price."), _of(1, PRICE_MAX)])
    stock = _Whole("How many are there?", validators=[Optional(), _of(0, STOCK_MAX)])
    money_cents = _Money("Worth in money", validators=[Optional(), _of(1, MONEY_CENTS_MAX)])
    what_next = StringField(
        "What happens once it is ordered?", filters=[tidy],
        validators=[InputRequired("Say what happens next."), one_line,
                    Length(max=WHAT_NEXT_CHARS_MAX, message=f"Keep it to {WHAT_NEXT_CHARS_MAX} characters.")],
    )  # fmt: skip
    days = _Whole("Days until it is there, once approved",
                  validators=[InputRequired("Say how many days."), _of(1, DAYS_MAX)])  # fmt: skip
    employer = SelectField("Who can order it?", default="", choices=[SelectChoice("", "Everybody")])
    stock_seen = HiddenField(validators=[Optional(), Length(max=8)])

    def offer(self, employers: list[tuple[int, str]], *, everybody: bool) -> None:
        """The employers among which this viewer chooses."""
        first = [SelectChoice("", "Everybody")] if everybody else []
        self.employer.choices = first + [SelectChoice(str(number), f"People of {name}") for number, name in employers]

    def fill(self, reward: Reward) -> None:
        """Show what stands."""
        for name in ("name", "description", "price", "stock", "money_cents", "what_next", "days"):
            self[name].data = getattr(reward, name)
        self.kind.data = reward.kind.value
        self.employer.data = str(reward.employer_id or "")
        self.stock_seen.data = "" if reward.stock is None else str(reward.stock)

    def wanted(self) -> NewReward:
        """What was sent, for the verb."""
        return NewReward(
            kind=RewardKind(self.kind.data), name=self.name.data or "", description=self.description.data or "",
            price=self.price.data or 0, stock=self.stock.data, money_cents=self.money_cents.data,
            what_next=self.what_next.data or "", days=self.days.data or 0,
            employer_id=int(self.employer.data) if self.employer.data else None,
        )  # fmt: skip

    @property
    def stock_then(self) -> int | None:
        """The stock that stood on the page."""
        text = self.stock_seen.data or ""
        return int(text) if text.isascii() and text.isdigit() else None
