"""What `make bench` writes down: every bench is there, what it printed can be read, and what it told is drawn."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from bench import drawing, figures, plots
from bench.__main__ import BENCHES, Bench, run, write
from bench.figures import KEPT, NOT_JUDGED, OVER, Figure, verdict
from bench.paper import Result, page
from secdash.environment import BASE

BESIDE = {"engines", "events_server", "fleet_other"}  # processes that a bench starts
TABLE = "| what | measured |\n|---|---|\n| scans | 3 |\n"
SVG = "{http://www.w3.org/2000/svg}"
GROWING = tuple(
    Figure("growth", name, count, each * count)
    for name, each in (("everything new", 8.0), ("everything as it was", 0.9))
    for count in (1, 10, 100, 2000)
)
COSTS = (Figure("event-cost", "a container", "watcher", 17.1), Figure("event-cost", "a container", "PostgreSQL", 7.9))


def svg(told, name):
    return ElementTree.fromstring(plots.drawn(told)[name])  # noqa: S314 - ours


def a_result(name="judge", printed="12 checks\n", status=KEPT, **others):
    return Result(name, f"-m bench.{name}", printed, 3.2, status, 60.0, **others)


def test_every_bench_is_run():
    programs = {path.stem for path in (BASE / "bench").glob("*.py") if "__main__" in path.read_text(encoding="utf-8")}

    assert {bench.name for bench in BENCHES} == programs - {"__main__"} - BESIDE


def test_a_paper_says_what_was_held_and_what_was_printed():
    over = Result("scan", "-m bench.scan 5", f"before\n{TABLE}\nafter\n", 61.0, OVER, 180.0)

    text = page([a_result(), over], whole=False)

    assert "| [judge](#judge) | kept | 3 s | 60 ms |" in text
    assert "| [scan](#scan) | **not kept** | 61 s | 180 ms |" in text
    assert "took 60 to 180 ms while" in text
    assert "```text\n12 checks\n```" in text
    assert f"```text\nbefore\n```\n\n{TABLE}\n```text\nafter\n```" in text.replace("\n\n\n", "\n\n")
    assert "`python -m bench.scan 5`" in text
    assert "What judging costs" in text


@pytest.mark.parametrize(
    ("status", "said"),
    [(verdict(kept=True), "kept"), (verdict(kept=False), "**not kept**"), (1, "**broke off**"), (-9, "**broke off**")],
)
def test_a_paper_tells_what_was_held_from_what_broke_off(status, said):
    assert f"| [judge](#judge) | {said} |" in page([a_result(status=status)], whole=False)


@pytest.mark.parametrize("kept", [True, False])
def test_what_is_smaller_than_its_target_is_neither_kept_nor_over(kept, capsys):
    status = verdict(kept=kept, judged=False)

    assert status == NOT_JUDGED
    assert capsys.readouterr().out == "not judged at this size\n"
    assert "| [judge](#judge) | not judged |" in page([a_result(status=status)], whole=False)


def test_a_bench_says_itself_that_its_size_is_not_that_of_its_target():
    """A real one: judging ten containers instead of a hundred."""
    result = run(Bench("judge", ("10",), times=2), whole=False)

    assert result.verdict == "not judged"
    assert [len(each) for each in result.compared] == [2, 2]
    assert result.yardstick > 0
    assert re.search(r"\| judging 100 containers, .* \| \d", page([result], whole=False))


def test_two_runs_are_held_against_each_other_as_times_and_as_ratios():
    first, second = (
        (Figure("spread", "a scan", "value", value), Figure("spread", "a scan", "floor", floor))
        for value, floor in ((10.0, 5.0), (30.0, 12.0))
    )

    text = page([a_result(compared=(first, second))], whole=False)

    assert "| a scan | 10 | 30 | 200% | 2 and 2.5 | 25% |" in text
    assert "How far figures differ" not in page([a_result()], whole=False)


def test_figures_are_told_only_to_who_asks_for_them(tmp_path):
    program = "from bench.figures import tell; tell('growth', 'new', 100, 8.5)"
    for environment in ({}, {figures.FILE: str(tmp_path / "told")}):
        subprocess.run([sys.executable, "-c", program], cwd=BASE, env={**os.environ, **environment}, check=True)

    assert figures.told(tmp_path / "told") == [Figure("growth", "new", 100, 8.5)]
    assert figures.told(tmp_path / "nothing") == []


def test_the_paper_shows_every_plot_that_there_are_figures_of(tmp_path):
    (tmp_path / "performance").mkdir()
    (tmp_path / "performance" / "of-before.svg").write_text("<svg/>")

    write([a_result("one_host", figures=GROWING), a_result("events", figures=COSTS)], tmp_path, whole=False)

    shown = re.findall(r"!\[(.+)\]\((\S+)\)", (tmp_path / "performance.md").read_text(encoding="utf-8"))
    drawn = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("performance/*"))
    assert sorted(address for _text, address in shown) == drawn
    assert drawn == ["performance/event-cost.svg", "performance/growth.svg"]
    assert "everything new: 8 at 1 containers, 16,000 at 2,000 containers" in shown[0][0]
    assert "watcher, a container: 17.1" in shown[1][0]


def test_the_paper_that_is_there_shows_only_plots_that_are_there():
    paper = BASE / "docs" / "performance.md"
    shown = re.findall(r"!\[.+\]\((\S+)\)", paper.read_text(encoding="utf-8"))

    assert {str(path.relative_to(paper.parent)) for path in paper.parent.glob("performance/*")} == set(shown)


def test_a_plot_tells_its_name_and_what_it_shows_to_who_does_not_see_it():
    root = svg(GROWING, "growth")

    assert root.get("role") == "img"
    named = [root.find(f".//*[@id='{id_}']").text for id_ in root.get("aria-labelledby").split()]
    assert named[0] == "One host: a scan against its containers"
    assert "16,000 at 2,000 containers" in named[1]


def test_curves_are_where_their_values_are():
    """In proportion: on axes that are both logarithmic, as much up for each step across."""
    root = svg(GROWING, "growth")
    first, second = (
        [tuple(map(float, place.split(","))) for place in line.get("points").split()]
        for line in root.iter(f"{SVG}polyline")
    )

    steps = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(first)]
    assert len(first) == len(second) == 4
    assert max(steps) - min(steps) < 0.01
    assert max(steps) < 0
    assert all(low[1] > high[1] for low, high in zip(second, first, strict=True))
    assert all(0 < x < drawing.WIDTH and 0 < y < drawing.HEIGHT for x, y in [*first, *second])


def test_bars_are_as_long_as_their_values_and_say_them():
    root = svg(COSTS, "event-cost")

    long, short = (float(bar.get("width")) for bar in root.iter(f"{SVG}rect") if bar.get("class") == "b0")
    assert short / long == pytest.approx(7.9 / 17.1, abs=0.01)
    assert {"watcher", "17.1", "PostgreSQL", "7.9"} <= {text.text for text in root.iter(f"{SVG}text")}


@pytest.mark.parametrize("name", plots.PLOTS)
def test_every_plot_takes_what_a_bench_may_tell(name):
    """One point alone, nothing at all, and far more than its limit."""
    for values in ([0.01], [12, 12], [1, 90_000]):
        x = range(1, 1 + len(values)) if plots.PLOTS[name].x else ["a & b"] * len(values)
        told = [Figure(name, "of <one>", place, value) for place, value in zip(x, values, strict=True)]

        root = svg(told, name)

        assert len([each for each in root.iter() if (each.get("class") or "")[:1] == "b"]) >= len(values)


@pytest.mark.parametrize(("theme", "words"), [(0, drawing.LIGHT), (1, drawing.DARK)])
def test_plots_are_read_on_light_and_on_dark(theme, words):
    ground = words["ground"]

    assert all(contrast(of[theme], ground) >= 3 for of in drawing.COLOURS)
    assert all(contrast(words[name], ground) >= 4.5 for name in ("ink", "quiet"))


def contrast(one: str, other: str) -> float:
    """As the WCAG have it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
