"""The benchmark's numbers: every one has a check or a reason, in every edition."""

from __future__ import annotations

from collections import Counter

import pytest

from secdash.checks import CATALOGUE, benchmark
from secdash.checks.benchmark_manual import MANUAL, NO_SWARM, SWARM_CHECK, TRUST_IS_GONE, moot
from secdash.checks.outcome import LOW, MEDIUM
from secdash.facts.message import Message

SIZES = {"1.6": 117, "1.7": 117, "1.8": 118}


@pytest.mark.parametrize("edition", benchmark.EDITIONS)
def test_every_number_has_a_check_or_a_reason(edition: str) -> None:
    answered, manual = benchmark.answered(edition), benchmark.manual(edition)
    assert len(set(benchmark.numbers(edition))) == len(benchmark.numbers(edition)) == SIZES[edition]
    assert answered.keys() | manual.keys() == set(benchmark.numbers(edition))
    assert not answered.keys() & manual.keys()
    assert all(str(reason).endswith(".") for reason in manual.values())


def test_1_7_renumbers_nothing() -> None:
    assert benchmark.numbers("1.7") == benchmark.numbers("1.6")
    assert benchmark.answered("1.7") == benchmark.answered("1.6")


@pytest.mark.parametrize(
    ("check", "old", "new"),
    [
        ("unauthenticated-api", "2.7", "2.8"),
        ("experimental-features", "2.18", "2.19"),
        ("insecure-registry", "2.5", "2.5"),
        ("privileged-container", "5.5", "5.5"),
    ],
)
def test_1_8_moves_section_2_up_from_2_7(check: str, old: str, new: str) -> None:
    assert benchmark.cis_for(check, "1.6") == (old,)
    assert benchmark.cis_for(check, "1.8") == (new,)


def test_1_8_asks_for_devicemapper_at_2_7() -> None:
    assert benchmark.answered("1.8")["2.7"] == ("deprecated-storage-driver",)
    assert benchmark.cis_for("deprecated-storage-driver", "1.8") == ("2.6", "2.7")


def test_a_reason_moves_with_its_number() -> None:
    assert benchmark.manual("1.6")["4.5"] == benchmark.manual("1.8")["4.5"]


def test_a_check_of_ours_alone_has_no_number() -> None:
    assert benchmark.cis_for("docker-socket-mounted", "1.8") == ("5.32",)
    assert benchmark.cis_for("runtime-socket-mounted", "1.8") == ()


# The summary table that the numbers were gathered in: levels as CIS tags them, Swarm items, and what is automated.
SUMMARY = {
    "1.6": {(1,): 54 + 9, (1, 2): 21, (2,): 31, (): 2},
    "1.7": {(1,): 77 + 9, (2,): 31},
    "1.8": {(1,): 78 + 9, (2,): 31},
}
AUTOMATED = {"1.6": 21, "1.7": 23, "1.8": 23}
LEVEL_2 = (
    *(f"1.1.{item}" for item in range(7, 19)),
    *("2.9", "2.10", "2.11", "2.12", "2.13", "2.17"),
    *(f"3.{item}" for item in range(17, 23)),
    *("4.5", "4.8", "4.11", "5.3", "5.23", "5.24", "5.30"),
)


def an_item(number: str, edition: str = "1.6") -> benchmark.Item:
    return next(item for item in benchmark.items(edition) if item.number == number)


@pytest.mark.parametrize("edition", benchmark.EDITIONS)
def test_levels_profiles_and_tags_add_up(edition: str) -> None:
    found = benchmark.items(edition)

    assert Counter(item.levels for item in found) == SUMMARY[edition]
    assert [item.number for item in found if item.profile == "swarm"] == [f"7.{n}" for n in range(1, 10)]
    assert all(item.levels == (1,) for item in found if item.profile == "swarm")
    assert sum(item.automated for item in found) == AUTOMATED[edition]


def test_level_2_is_the_same_items_in_every_edition() -> None:
    assert tuple(item.number for item in benchmark.items("1.6") if item.levels == (2,)) == LEVEL_2
    assert tuple(item.number for item in benchmark.items("1.7") if item.levels == (2,)) == LEVEL_2
    moved = [item.number for item in benchmark.items("1.8") if item.levels == (2,) and item.section == "2"]
    assert moved == ["2.10", "2.11", "2.12", "2.13", "2.14", "2.18"]


def test_what_is_automated() -> None:
    in_1_6 = {item.number for item in benchmark.items("1.6") if item.automated}
    in_1_7 = {item.number for item in benchmark.items("1.7") if item.automated}

    assert (in_1_6 - in_1_7, in_1_7 - in_1_6) == ({"1.1.4"}, {"1.1.15", "1.1.17", "1.1.18"})
    assert in_1_7 == {item.number for item in benchmark.items("1.8") if item.automated}
    assert {number.partition(".")[0] for number in in_1_6} == {"1", "3"}
    assert {"3.1", "3.6", "3.15", "3.16", "3.23", "3.24"} <= in_1_6
    assert not {"1.1.5", "1.1.16", "3.7", "3.14", "3.17", "3.22"} & in_1_6


def test_both_levels_are_tagged_in_1_6_alone() -> None:
    both = [item.number for item in benchmark.items("1.6") if item.levels == (1, 2)]

    assert both[:4] == ["1.1.3", "1.1.4", "1.1.5", "1.1.6"]
    assert both[-1] == "5.1"
    assert [n for n in both if n.startswith("3.")] == [f"3.{n}" for n in (*range(1, 13), 15, 16, 23, 24)]


def test_what_no_source_says_is_unknown_and_what_one_says_is_inferred() -> None:
    by_certainty = {
        edition: Counter(item.level_is.value for item in benchmark.items(edition)) for edition in benchmark.EDITIONS
    }

    assert by_certainty == {
        "1.6": {"confirmed": 36, "inferred": 79, "unknown": 2},
        "1.7": {"confirmed": 117},
        "1.8": {"confirmed": 3, "inferred": 115},
    }
    unknown = [item.number for item in benchmark.items("1.6") if item.level_is == "unknown"]
    assert unknown == ["6.1", "6.2"]
    sure = [item.number for item in benchmark.items("1.8") if item.level_is == "confirmed"]
    assert sure == ["1.1.5", "1.1.10", "1.1.11"]
    assert [an_item(number).level_is.value for number in ("1.1.18", "1.2.1", "1.2.2", "2.18", "3.1")] == [
        *("confirmed", "inferred", "inferred", "confirmed", "inferred")
    ]


@pytest.mark.parametrize("edition", benchmark.EDITIONS)
def test_every_number_is_confirmed(edition: str) -> None:
    assert {item.number_is.value for item in benchmark.items(edition)} == {"confirmed"}


@pytest.mark.parametrize("edition", benchmark.EDITIONS)
def test_every_item_has_a_label_of_its_own(edition: str) -> None:
    labels = [str(item.label) for item in benchmark.items(edition)]
    assert len(set(labels)) == len(labels)
    assert not [label for label in labels if label.endswith(".") or not label[0].isalnum()]


def test_owners_and_modes_stand_at_their_numbers() -> None:
    assert str(an_item("3.1").label) == "Owner of docker.service"
    assert str(an_item("3.21").label) == "Mode of /etc/sysconfig/docker"
    assert str(an_item("3.22").label) == "Owner of /etc/sysconfig/docker"
    assert str(an_item("1.1.18").label) == "Audit rules watch /usr/bin/runc"


def test_labels_move_with_their_numbers() -> None:
    assert an_item("2.9").label == an_item("2.10", "1.8").label
    assert str(an_item("2.7", "1.8").label) == "Storage driver is not devicemapper"
    assert an_item("2.7", "1.8").levels == (1,)


@pytest.mark.parametrize("edition", benchmark.EDITIONS)
def test_an_item_is_answered_by_checks_or_has_a_reason(edition: str) -> None:
    for item in benchmark.items(edition):
        assert bool(item.checks) != bool(item.reason), item.number
        assert not (item.checks and item.manual), item.number


def test_what_people_attest() -> None:
    found = {item.number: item.manual.name for item in benchmark.items("1.8") if item.manual}

    assert found == {
        "1.2.1": "host-os-hardened",
        "4.2": "base-images-trusted",
        "4.3": "image-packages-needed",
        "4.4": "images-scanned-and-rebuilt",
        "4.5": "content-trust-on",
        "4.11": "packages-verified",
        "4.12": "artefact-signatures-verified",
        "7.6": "unlock-key-rotated",
        "7.8": "swarm-ca-rotated",
        "7.9": "swarm-traffic-separated",
    }


def test_no_name_is_a_check_and_no_weight_would_cap_a_score() -> None:
    assert not MANUAL.keys() & CATALOGUE.keys()
    assert {item.severity for item in MANUAL.values()} <= {LOW, MEDIUM}


@pytest.mark.parametrize(
    ("version", "expected"), [("28.5.2", None), ("29.0.0", TRUST_IS_GONE), ("", None), ("dev", None)]
)
def test_content_trust_is_moot_where_it_is_gone(version: str, expected: Message | None) -> None:
    assert moot(MANUAL["content-trust-on"], version, {}) == expected
    assert moot(MANUAL["base-images-trusted"], version, {}) is None


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([1, 0, 0, 0], NO_SWARM), ([0, 0, 0, 1], NO_SWARM), ([0, 1, 0, 0], None), ([0, 0, 1, 0], None), (None, None)],
)
def test_swarm_items_are_moot_outside_a_swarm(counts: list[int] | None, expected: Message | None) -> None:
    tally = {"swarm-mode-on": counts} if counts else {}
    assert moot(MANUAL["unlock-key-rotated"], "29.0.0", tally) == expected
    assert moot(MANUAL["host-os-hardened"], "29.0.0", tally) is None


def test_the_check_that_tells_of_a_swarm_exists() -> None:
    assert SWARM_CHECK in CATALOGUE


def test_an_unknown_edition_is_an_error() -> None:
    with pytest.raises(KeyError):
        benchmark.numbers("1.5")


def test_numbers_are_in_the_order_of_the_book() -> None:
    found = benchmark.numbers("1.8")
    assert found[:2] == ("1.1.1", "1.1.2")
    assert found.index("2.9") + 1 == found.index("2.10")


def test_every_check_names_numbers_that_exist() -> None:
    for edition in benchmark.EDITIONS:
        for name in CATALOGUE:
            assert set(benchmark.cis_for(name, edition)) <= set(benchmark.numbers(edition)), name
