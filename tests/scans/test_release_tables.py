"""A loaded table of releases: kept whole or not at all, and judged by from then on."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from secdash.checks.engine import catalogue_version
from secdash.checks.releases import SHIPPED
from secdash.checks.releases.reading import Refused, write
from secdash.findings.models import Finding
from secdash.posture.replay import replay
from secdash.scans import release_tables, services
from secdash.scans.models import ReleaseTable, Scan
from secdash.scans.sample import fleet
from tests.fleet.hosts import NOON, a_host

pytestmark = pytest.mark.django_db

LATER = NOON.replace(month=12, day=1)


def a_table(read_on="2026-11-28", **line):
    """The shipped table, read again on another day, with something else about the line 29."""
    data = json.loads(write(SHIPPED))
    data["read_on"] = data["lines"][0]["read_on"] = read_on
    for row in data["lines"] + data["advisories"]:
        row["read_on"] = min(row["read_on"], read_on)
    data["lines"][0].update(line)
    return json.dumps(data)


def load(text, **options):
    return release_tables.load(text, at=LATER, **options)


def scan_of(host):
    scan = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=NOON)
    services.run(scan.pk)
    scan.refresh_from_db()
    return scan


def status(scan, check):
    return next(verdict.status.value for verdict in replay(scan).verdicts if verdict.check == check)


def test_what_is_shipped_counts_where_nothing_was_loaded():
    assert release_tables.in_force() is SHIPPED


def test_what_was_loaded_last_counts():
    load(a_table("2026-11-27"))
    newest = load(a_table("2026-11-28"))

    assert release_tables.in_force() == newest
    assert newest.read_on == "2026-11-28"


def test_asks_the_database_once(django_assert_num_queries):
    load(a_table())
    release_tables.in_force()

    with django_assert_num_queries(1):
        release_tables.in_force()


@pytest.mark.parametrize("read_on", ["2026-11-25", "2026-11-01"])
def test_refuses_a_table_older_than_the_shipped_one(read_on):
    with pytest.raises(Refused, match=f"is older than the table in use, which was read on {SHIPPED.read_on}"):
        load(a_table(read_on))

    assert not ReleaseTable.objects.exists()


def test_refuses_a_table_older_than_the_loaded_one():
    load(a_table("2026-11-28"))

    with pytest.raises(Refused, match="2026-11-27 is older than the table in use, which was read on 2026-11-28"):
        load(a_table("2026-11-27"))
    assert release_tables.in_force().read_on == "2026-11-28"


def test_takes_one_read_on_the_same_day():
    assert load(a_table(SHIPPED.read_on, ends="2026-11-20")) == release_tables.in_force()


def test_takes_an_older_one_if_told_to():
    load(a_table("2026-11-28"))
    old = load(a_table("2026-10-01"), force=True)

    assert release_tables.in_force() == old


def test_refuses_a_table_of_a_day_to_come():
    with pytest.raises(Refused, match="2026-12-02 has not come yet"):
        load(a_table("2026-12-02"))


def test_loads_nothing_of_a_table_with_one_bad_row():
    with pytest.raises(Refused, match=r"lines, row 1 \(engine 29\): ends 'soon'"):
        load(a_table(ends="soon"))

    assert not ReleaseTable.objects.exists()


def test_what_a_newer_secdash_ships_counts_again():
    load(a_table("2026-11-28"))
    ReleaseTable.objects.update(read_on="2026-11-25")

    assert release_tables.in_force() is SHIPPED


def test_a_table_that_cannot_be_read_any_more_is_left_aside(caplog):
    load(a_table())
    ReleaseTable.objects.update(content="{}", version="unreadable")

    assert release_tables.in_force() is SHIPPED
    assert "cannot be used any more" in caplog.text


def test_scans_and_pages_judge_by_the_loaded_table():
    host = a_host("web-01")
    before = scan_of(host)
    assert status(before, "engine-end-of-life") == "pass"

    load(a_table(ends="2026-11-20"))
    after = scan_of(host)

    assert before.snapshot == after.snapshot
    assert status(after, "engine-end-of-life") == "fail"
    assert after.tally["engine-end-of-life"] == [0, 1, 0, 0]
    assert after.catalogue_version != before.catalogue_version == catalogue_version()
    assert host.findings.filter(check_name="engine-end-of-life", state="open").count() == 1


def test_a_page_that_was_kept_is_made_again_for_another_table():
    scan = scan_of(a_host("web-01"))
    assert status(scan, "engine-end-of-life") == "pass"

    load(a_table(ends="2026-11-20"))

    assert status(scan, "engine-end-of-life") == "fail"
    assert replay(scan) is replay(scan)


def test_the_command_loads_a_file(tmp_path, capsys):
    file = tmp_path / "releases.json"
    file.write_text(write(SHIPPED), encoding="utf-8")

    call_command("load_releases", str(file))

    assert ReleaseTable.objects.get().version == SHIPPED.version
    assert f"Loaded {SHIPPED.version}, read on {SHIPPED.read_on}" in capsys.readouterr().out


def test_the_command_says_what_is_wrong_with_a_file(tmp_path):
    file = tmp_path / "releases.json"
    file.write_text(a_table("2026-11-26", ends="soon"), encoding="utf-8")

    with pytest.raises(CommandError, match=r"(?s)releases\.json was not loaded:\n.*row 1 \(engine 29\): ends 'soon'"):
        call_command("load_releases", str(file))
    assert not ReleaseTable.objects.exists()


def test_the_command_loads_an_older_file_only_by_force(tmp_path):
    file = tmp_path / "releases.json"
    file.write_text(a_table("2026-10-01"), encoding="utf-8")

    with pytest.raises(CommandError, match="older than the table in use"):
        call_command("load_releases", str(file))
    call_command("load_releases", str(file), "--force")

    assert ReleaseTable.objects.get().forced


@pytest.mark.parametrize("words", [[], ["/nonexistent/releases.json"]])
def test_the_command_wants_a_file_that_is_there(words):
    with pytest.raises(CommandError, match=r"Name a file|cannot be read"):
        call_command("load_releases", *words)


def test_the_command_prints_the_table_to_start_from(capsys, django_assert_num_queries):
    with django_assert_num_queries(0):
        call_command("load_releases", "--print")

    assert capsys.readouterr().out == write(SHIPPED)


def test_a_sample_fleet_is_judged_by_the_loaded_table():
    load(a_table(ends="2026-11-20"))

    fleet.load(at=LATER)

    assert Finding.objects.filter(check_name="engine-end-of-life", host__name="web-01", state="open").exists()
