"""How many findings each tab of the list has."""

from __future__ import annotations

from secdash.findings.models import FindingQuerySet, State
from secdash.posture.capped import Capped, counted
from secdash.posture.filters import ALL, Filters, in_state

COUNTED = 10_000


def tabs_of(found: FindingQuerySet, filters: Filters, shown: Capped | None) -> dict[str, Capped | None]:
    """By state, and of all; `shown` is the chosen tab's number where it is known already. At most one query.

    None where counting would mean to look for words in everything that ever was.
    """
    wanted = [state for state in State.values if _is_counted(state, filters, shown)]
    numbers = counted([in_state(found, state) for state in wanted], most=COUNTED)
    tabs: dict[str, Capped | None] = {**dict.fromkeys(State.values), **dict(zip(wanted, numbers, strict=True))}
    if shown is not None:
        tabs[filters.state] = shown
    if filters.state != ALL or shown is None:
        tabs[ALL] = _sum(tabs)
    return tabs


def _is_counted(state: str, filters: Filters, shown: Capped | None) -> bool:
    if state == filters.state:
        return shown is None
    return not filters.q or (filters.state == ALL and shown is None)


def _sum(tabs: dict[str, Capped | None]) -> Capped | None:
    total = Capped(0)
    for state in State.values:
        number = tabs[state]
        if number is None:
            return None
        total = total.plus(number)
    return total
