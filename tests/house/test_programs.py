"""docs/programs.md names all that a program may be given or told, and nothing that is not there."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.api.metrics import Figures
from secdash.api.models import Scope
from secdash.environment import BASE
from tests.cast import a_member

PAGE = (BASE / "docs" / "programs.md").read_text(encoding="utf-8")


def first_cells(heading: str) -> list[str]:
    """What stands in code in the first column of the table under this heading."""
    section = re.split(r"^## ", PAGE.split(f"## {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def test_every_scope_is_named() -> None:
    assert sorted(first_cells("Tokens")) == sorted(Scope.values)


@pytest.mark.django_db
def test_every_metric_is_named() -> None:
    told = Figures(a_member(Role.ADMINISTRATOR), timezone.now()).collect()

    assert sorted(first_cells("Prometheus")) == sorted(family.name for family in told)
