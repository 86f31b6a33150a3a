"""The benchmark's numbers: every one has a check or a reason, in every edition."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE, benchmark

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


@pytest.mark.parametrize("edition", benchmark.EDITIONS)
def test_levels(edition: str) -> None:
    levels = [benchmark.level(number, edition) for number in benchmark.numbers(edition)]
    assert levels.count(2) == 31
    assert [benchmark.profile(number) for number in benchmark.numbers(edition)].count("swarm") == 9


def test_level_2_follows_the_number() -> None:
    assert (benchmark.level("2.9", "1.6"), benchmark.level("2.9", "1.8"), benchmark.level("2.10", "1.8")) == (2, 1, 2)


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
