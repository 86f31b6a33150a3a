"""What all operations share: texts and numbers that the database can take, pages, people's days."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from ninja import Field, Query, Schema
from pydantic import BeforeValidator, ConfigDict, StringConstraints

from secdash.api.rest.cursors import MOST, USUAL

LARGEST = 2**63 - 1  # what the database counts to


def _a_text(value: Any) -> Any:
    """Dates come as text alone: a number of seconds is no day that anybody means."""
    if value is not None and not isinstance(value, str):
        raise ValueError("a day is written as 2027-05-31")
    return value


def a_number(value: Any) -> Any:
    """JSON's numbers alone: neither "5" nor true."""
    if isinstance(value, bool | str):
        raise ValueError("a number is written without quotes")
    return value


Number = Annotated[int, Field(ge=1, le=LARGEST, examples=[42])]
Name = Annotated[str, StringConstraints(max_length=120, pattern=r"^[-a-zA-Z0-9_]+$")]
LINE = r"^[^\x00-\x1f\x7f]*$"
SAID = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"  # with something in it that can be seen
Word = Annotated[str, StringConstraints(strict=True, max_length=400, pattern=LINE)]
Said = Annotated[str, StringConstraints(strict=True, max_length=400, pattern=SAID)]
Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=8000, pattern=r"^[^\x00]*$")]
Minutes = Annotated[int, Field(ge=5, le=10080), BeforeValidator(a_number)]
Day = Annotated[date, BeforeValidator(_a_text)]
Cursor = Annotated[str | None, Query(max_length=1000, description="The `next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Rows of a page.")]
USUAL_LIMIT = USUAL


class Shape(Schema):
    """What is answered."""


class Asked(Schema):
    """What is sent: nothing in it that is not known."""

    model_config = ConfigDict(extra="forbid")
