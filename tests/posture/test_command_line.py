"""`manage.py scan` and `manage.py checks`, run as a person or a program runs them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from functools import cache
from xml.etree import ElementTree

import pytest

from secdash import __version__
from secdash.checks import CATALOGUE
from secdash.environment import BASE

# One Engine, and each form of its scan once.
pytestmark = pytest.mark.xdist_group("command line")
TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ0123456"
RANKS = ("critical", "high", "medium", "low", "info")


def manage(*words, **environment):
    """manage.py in a process of its own, with a data directory that must never come to be."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("DOCKER_HOST", "DATABASE_URL")}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=BASE,
        env={**inherited, "SECDASH_DATA": "/nonexistent/data", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def engine(dockerd):
    dockerd.docker("create", "--name", "open", "-p", "8080:80", "-e", f"API_TOKEN={TOKEN}", "bb:1")
    dockerd.docker("create", "--name", "mighty", "--privileged", "--label", "note=<b>&amp;\x1b[31m", "bb:1")
    yield dockerd
    dockerd.docker("rm", "-f", "open", "mighty")


@pytest.fixture(scope="module")
def printed(engine):
    """What a scan of it prints in that form; asked for once."""
    return cache(lambda form: manage("scan", engine.url, "--format", form).stdout)


@pytest.fixture(scope="module")
def report(printed):
    return json.loads(printed("json"))


@pytest.fixture(scope="module")
def listing():
    return json.loads(manage("checks", "--format", "json").stdout)


@pytest.mark.engine
def test_the_json_has_its_agreed_shape(report, engine):
    assert list(report) == [
        "secdash", "endpoint", "scanned_at", "engine", "score", "grade", "assessed", "counts", "timings_ms", "verdicts",
    ]  # fmt: skip
    assert (report["secdash"], report["endpoint"]) == (__version__, engine.url)
    assert list(report["engine"]) == ["name", "version", "api_version", "os", "kernel"]
    assert set(report["counts"]) == {"pass", "fail", "unknown", "not_applicable"}
    assert sum(report["counts"].values()) == len(report["verdicts"])
    assert set(report["timings_ms"]) == {"collect", "judge"}
    assert list(report["verdicts"][0]) == [
        "check", "title", "severity", "cis", "risks", "status", "reason", "evidence", "subject", "guide", "fix",
    ]  # fmt: skip


@pytest.mark.engine
def test_a_failure_carries_evidence_guide_and_a_fix_for_that_container(report):
    privileged = next(
        verdict
        for verdict in report["verdicts"]
        if verdict["check"] == "privileged-container" and verdict["subject"]["name"] == "mighty"
    )

    assert privileged["status"] == "fail"
    assert privileged["severity"] == "critical"
    assert privileged["cis"] == {"1.6": "5.5"}
    assert privileged["evidence"] == {"HostConfig.Privileged": True}
    assert privileged["guide"] == "/guide/en/capabilities/#privileged"
    assert "-    privileged: true" in privileged["fix"]["compose_diff"]
    assert "--privileged" not in privileged["fix"]["run"]
    assert "--name mighty" in privileged["fix"]["run"]
    assert set(privileged["fix"]) == {"summary", "compose_diff", "run", "daemon_json", "commands", "notes"}


@pytest.mark.engine
def test_a_failure_of_the_engine_carries_the_commands_that_mend_it(report):
    fix = next(verdict["fix"] for verdict in report["verdicts"] if verdict["check"] == "icc-enabled")

    assert json.loads(fix["daemon_json"])["icc"] is False
    assert fix["commands"][-1] == "sudo systemctl restart docker"
    assert any("running containers" in note for note in fix["notes"])


@pytest.mark.engine
def test_verdicts_are_sorted_and_one_per_check_and_subject(report):
    verdicts = report["verdicts"]
    order = [(RANKS.index(v["severity"]), v["check"]) for v in verdicts]
    identities = [(v["check"], v["subject"]["kind"], v["subject"]["key"]) for v in verdicts]

    assert order == sorted(order)
    assert len(identities) == len(set(identities))
    assert {verdict["check"] for verdict in verdicts} == set(CATALOGUE)
    assert all(verdict["fix"] is None for verdict in verdicts if verdict["status"] != "fail")


@pytest.mark.engine
@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown", "sarif", "junit"])
def test_no_value_of_the_environment_is_printed(printed, form):
    assert "mighty" in printed(form)
    assert TOKEN not in printed(form)


@pytest.mark.engine
@pytest.mark.parametrize(("threshold", "status"), [("critical", 1), ("info", 1)])
def test_findings_at_the_threshold_end_in_1(engine, threshold, status):
    assert manage("scan", engine.url, "--fail-on", threshold).returncode == status


@pytest.mark.engine
def test_nothing_at_the_threshold_ends_in_0(engine):
    done = manage("scan", engine.url, "--check", "no-memory-limit", "--fail-on", "high")

    assert done.returncode == 0
    assert "no-memory-limit" in done.stdout


@pytest.mark.engine
def test_only_the_checks_asked_for_are_judged(engine):
    done = manage("scan", engine.url, "--format", "json", "--check", "no-memory-limit", "host-pid")

    assert {verdict["check"] for verdict in json.loads(done.stdout)["verdicts"]} == {"no-memory-limit", "host-pid"}


@pytest.mark.engine
def test_colour_and_cursor_movements_stay_out_of_a_pipe(engine):
    done = manage("scan", engine.url)

    assert "\x1b" not in done.stdout
    assert "\x1b" not in done.stderr


@pytest.mark.engine
def test_french_is_french(engine):
    done = manage("scan", engine.url, "--language", "fr", "--format", "json", "--check", "no-memory-limit")
    verdict = json.loads(done.stdout)["verdicts"][0]

    assert verdict["guide"].startswith("/guide/fr/")
    assert verdict["title"] != "No memory limit"


@pytest.mark.engine
def test_csv_has_a_row_for_each_verdict(printed, report):
    rows = list(csv.DictReader(io.StringIO(printed("csv"))))

    assert len(rows) == len(report["verdicts"])
    assert rows[0]["severity"] == "critical"


@pytest.mark.engine
def test_sarif_has_a_result_for_each_failure(printed, report):
    sarif = json.loads(printed("sarif"))
    run = sarif["runs"][0]

    assert sarif["version"] == "2.1.0"
    assert len(run["results"]) == report["counts"]["fail"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


@pytest.mark.engine
def test_junit_is_well_formed_and_counts_alike(printed, report):
    root = ElementTree.fromstring(printed("junit").encode())  # noqa: S314 - ours

    assert len(root.findall(".//testcase")) == len(report["verdicts"])
    assert len(root.findall(".//failure")) == report["counts"]["fail"]


@pytest.mark.engine
def test_the_files_of_the_host_may_be_left_alone_or_read_elsewhere(engine, tmp_path):
    for options in (("--no-host-files",), ("--host-root", str(tmp_path))):
        assert manage("scan", engine.url, *options, "--fail-on", "critical").returncode == 1


def test_a_root_that_is_no_full_path_is_refused_in_a_sentence():
    done = manage("checks", SECDASH_HOST_ROOT="host")

    assert done.returncode
    assert "SECDASH_HOST_ROOT must be a full path that begins with a slash, not 'host'." in done.stderr


@pytest.mark.engine
def test_docker_host_is_respected(engine):
    done = manage("scan", "--format", "json", "--check", "host-pid", DOCKER_HOST=engine.url)

    assert json.loads(done.stdout)["endpoint"] == engine.url


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("unix:///nonexistent.sock", "/nonexistent.sock"),
        ("/etc/hostname", "/etc/hostname"),
        ("gopher://host", "not the address of a Docker Engine"),
    ],
)
def test_an_engine_that_cannot_be_scanned_ends_in_2_with_a_sentence(endpoint, words):
    done = manage("scan", endpoint)

    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_unknown_check_is_named_and_nothing_is_scanned():
    done = manage("scan", "--check", "no-such-check")

    assert done.returncode == 2
    assert "no-such-check" in done.stderr


def test_the_catalogue_lists_every_check_with_its_sections(listing):
    assert {entry["name"] for entry in listing["checks"]} == set(CATALOGUE)
    assert list(listing["checks"][0]) == [
        "name", "title", "severity", "subject", "cis", "risks", "fixable", "guide",
    ]  # fmt: skip
    for entry in listing["checks"]:
        assert entry["guide"]["en"].startswith("/guide/en/"), entry["name"]
        assert entry["guide"]["fr"] == entry["guide"]["en"].replace("/en/", "/fr/"), entry["name"]


def test_every_number_of_the_benchmark_has_a_check_or_a_reason(listing):
    answered = set()
    for entry in listing["checks"]:
        numbers = entry["cis"].get("1.6", [])
        answered |= {numbers} if isinstance(numbers, str) else set(numbers)
    reasons = {row["number"]: row["reason"] for row in listing["manual"]["1.6"]}

    assert len(answered | set(reasons)) == 117
    assert not answered & set(reasons)
    assert all(reasons.values())


def test_the_table_of_checks_is_for_people():
    lines = manage("checks").stdout.splitlines()

    assert lines[0].startswith("CHECK")
    assert len(lines) == len(CATALOGUE) + 1


def of_busybox(done):
    """The status of the image that every test has; others may have left images of their own."""
    verdicts = json.loads(done.stdout)["verdicts"]
    return next(verdict["status"] for verdict in verdicts if verdict["subject"]["name"] == "bb:1")


@pytest.mark.engine
@pytest.mark.parametrize("way", ["export", "archive"])
def test_reads_images_too_where_it_is_told_to(engine, way):
    before = engine.docker("ps", "-aq")
    words = ("scan", engine.url, "--format", "json", "--check", "image-package-manager", "--fail-on", "critical")

    shallow, deep = manage(*words), manage(*words, "--deep", way)

    assert shallow.returncode == deep.returncode == 0
    assert [verdict["status"] for verdict in json.loads(shallow.stdout)["verdicts"]] == ["unknown"]
    assert of_busybox(deep) == "pass"
    assert len([line for line in deep.stderr.splitlines() if line.startswith("images")]) == 1
    assert engine.docker("ps", "-aq") == before


def a_table(path, *, ends):
    """The shipped table with another end of the line 20.10."""
    data = json.loads(manage("load_releases", "--print").stdout)
    (line,) = (each for each in data["lines"] if each["name"] == "20.10")
    line["ends"] = ends
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


@pytest.mark.engine
def test_judges_versions_by_the_table_it_is_given(engine, tmp_path):
    def status(*words):
        found = json.loads(manage("scan", engine.url, "--format", "json", *words).stdout)
        return next(each["status"] for each in found["verdicts"] if each["check"] == "engine-end-of-life")

    assert status() == "unknown"
    assert status("--releases", a_table(tmp_path / "kept.json", ends="2030-01-01")) == "pass"


def test_does_not_scan_by_a_table_with_a_fault(tmp_path):
    done = manage("scan", "/nonexistent.sock", "--releases", a_table(tmp_path / "bad.json", ends="soon"))

    assert done.returncode == 2
    assert "(engine 20.10): ends 'soon' is no day" in done.stderr
    assert done.stdout == ""


def test_does_not_scan_by_a_table_that_is_not_there():
    done = manage("scan", "/nonexistent.sock", "--releases", "/nonexistent/table.json")

    assert done.returncode == 2
    assert "/nonexistent/table.json cannot be used" in done.stderr
