"""Fixes that may break an application look at the container itself: where it writes, and as whom it really runs."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import LIKELY, TRY, ComposeFix, Include, Put
from secdash.facts.model import Mount, Process
from tests.build import UNSEEN, a_container

WRITABLE: dict[str, Any] = {"readonly_rootfs": False, "mounts": (), "tmpfs": ()}


def fix_of(check: str, **facts: Any) -> ComposeFix:
    fix = CATALOGUE[check].fix(a_container(**facts))
    assert isinstance(fix, ComposeFix)
    return fix


def given(fix: ComposeFix, key: str) -> list[str]:
    return [
        change.item.partition(":")[0] for change in fix.changes if isinstance(change, Include) and change.key == key
    ]


def read_only(**facts: Any) -> ComposeFix:
    return fix_of("writable-root-filesystem", **(WRITABLE | facts))


def test_a_container_that_wrote_nothing_gets_scratch_space() -> None:
    fix = read_only(written=())

    assert fix.changes[0] == Put("read_only", True)
    assert (given(fix, "tmpfs"), given(fix, "volumes")) == (["/tmp", "/run"], [])
    assert fix.certainty is LIKELY
    assert "it wrote nothing" in str(fix.breaks)


def test_each_place_it_wrote_to_is_given_back() -> None:
    fix = read_only(written=("/tmp", "/var/cache/nginx", "/var/lib/app", "/srv"))

    assert given(fix, "tmpfs") == ["/tmp", "/run", "/var/cache/nginx"]
    assert given(fix, "volumes") == ["/var/lib/app", "/srv"]
    assert fix.certainty is LIKELY
    assert "/var/cache/nginx, /var/lib/app, /srv and nowhere else" in str(fix.breaks)


def test_what_is_mounted_already_is_left_alone() -> None:
    mounts = (Mount("volume", "/v", "/var/lib/app", False, name="data"),)
    fix = read_only(written=("/var/lib/app/deep", "/run/app"), mounts=mounts, tmpfs=(("/run", ""),))

    assert (given(fix, "tmpfs"), given(fix, "volumes")) == (["/tmp"], [])
    assert "it wrote nothing" in str(fix.breaks)


@pytest.mark.parametrize("folder", ["/", "/etc/nginx", "/usr/share/app"])
def test_programs_are_never_hidden_by_a_volume(folder: str) -> None:
    fix = read_only(written=(folder, "/srv"))

    assert given(fix, "volumes") == ["/srv"]
    assert fix.certainty is TRY
    assert f"It also wrote to {folder}," in str(fix.breaks)


def test_where_nothing_was_seen_it_says_so() -> None:
    fix = read_only(written=UNSEEN)

    assert fix.certainty is TRY
    assert "was not seen" in str(fix.breaks)
    assert given(fix, "tmpfs") == ["/tmp", "/run"]


def test_it_runs_as_the_user_of_its_own_workers() -> None:
    fix = fix_of("runs-as-root", processes=(Process("root", "nginx"), Process("999", "nginx"), Process("101", "nginx")))

    assert fix.changes == (Put("user", "101:101"),)
    assert fix.certainty is LIKELY
    assert "user 101" in str(fix.breaks)


@pytest.mark.parametrize(
    "processes", [(), UNSEEN, (Process("root", "sh"),), (Process("0", "sh"),), (Process("systemd+", "sh"),)]
)
def test_a_name_is_the_hosts_and_tells_nothing_of_the_image(processes: Any) -> None:
    fix = fix_of("runs-as-root", processes=processes)

    assert fix.changes == (Put("user", "1000:1000"),)
    assert fix.certainty is TRY


@pytest.mark.parametrize("name", sorted(n for n, entry in CATALOGUE.items() if entry.kind == "container"))
def test_what_is_to_be_tried_first_says_what_may_break(name: str) -> None:
    fix = CATALOGUE[name].fix(a_container(**WRITABLE))
    if isinstance(fix, ComposeFix) and fix.certainty is TRY:
        assert fix.breaks is not None
