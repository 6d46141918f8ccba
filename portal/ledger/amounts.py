"""Points in the body of a request: a whole number from 1 to 1e9, or the refusal that the ledger itself gives."""

from typing import Annotated, Any

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from portal.ledger.postings import POINTS_MAX


def _points(value: Any, as_asked: ValidatorFunctionWrapHandler) -> int:
    try:
        points: int = as_asked(value)
    except ValidationError:
        words = f"points are whole numbers from 1 to {POINTS_MAX}, sent as a JSON number"
        raise PydanticCustomError("amount_not_positive_integer", words) from None
    return points


# Every body that moves points takes them as this: 422 `amount_not_positive_integer` for anything else.
Points = Annotated[int, Field(strict=True, ge=1, le=POINTS_MAX, examples=[100]), WrapValidator(_points)]
