"""Points in a body: a JSON integer, and nothing that only looks like one."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from portal.ledger.postings import POINTS_MAX, check_amount


def _points(value: Any) -> Any:
    check_amount(value)  # in its own words and with its own code: "5", 1e3, true and NaN are no points
    return value


Points = Annotated[int, Field(ge=1, le=POINTS_MAX), BeforeValidator(_points)]
