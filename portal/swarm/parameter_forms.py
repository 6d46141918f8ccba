"""The form in which parameters are changed."""

from typing import Any

from wtforms import FloatField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.swarm.parameter_queries import values_of
from portal.swarm.parameter_rules import KNOBS, REASON_MAX, REASON_MIN, ParameterRefusal
from portal.swarm.score import Params
from portal.web.forms import StrictForm, no_controls, tidy

NEEDED = "Type a number."


class ParametersForm(StrictForm):
    """Every parameter that may be changed, with its present value, and why."""

    reason = TextAreaField(
        "Why",
        [
            InputRequired(ParameterRefusal.REASON_NEEDED.as_error().message),
            Length(REASON_MIN, REASON_MAX, ParameterRefusal.REASON_NEEDED.as_error().message),
            no_controls,
        ],
        filters=[tidy],
    )

    def wanted(self, present: Params) -> dict[str, float]:
        """What differs from the present values."""
        sent = {knob.name: self[knob.name].data for knob in KNOBS}
        return {name: sent[name] for name, value in values_of(present).items() if sent[name] != value}


def _field(label: str) -> Any:
    return FloatField(label, [InputRequired(NEEDED)])


for _knob in KNOBS:
    setattr(ParametersForm, _knob.name, _field(_knob.label))
