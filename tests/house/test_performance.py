"""What `make bench` writes down: every bench is there, and what it printed can be read."""

from __future__ import annotations

from bench.__main__ import BENCHES
from bench.paper import Result, page
from secdash.environment import BASE

BESIDE = {"engines", "events_server", "fleet_other"}  # processes that a bench starts
TABLE = "| what | measured |\n|---|---|\n| scans | 3 |\n"


def test_every_bench_is_run():
    programs = {path.stem for path in (BASE / "bench").glob("*.py") if "__main__" in path.read_text(encoding="utf-8")}

    assert {bench.name for bench in BENCHES} == programs - {"__main__"} - BESIDE


def test_a_paper_says_what_was_held_and_what_was_printed():
    kept = Result("judge", "-m bench.judge", "12 checks\n", 3.2, 0)
    over = Result("scan", "-m bench.scan 5", f"before\n{TABLE}\nafter\n", 61.0, 1)

    text = page([kept, over], whole=False)

    assert "| [judge](#judge) | kept | 3 s |" in text
    assert "| [scan](#scan) | **not kept** | 61 s |" in text
    assert "```text\n12 checks\n```" in text
    assert f"```text\nbefore\n```\n\n{TABLE}\n```text\nafter\n```" in text.replace("\n\n\n", "\n\n")
    assert "`python -m bench.scan 5`" in text
    assert "What judging costs" in text
