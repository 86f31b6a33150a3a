"""Offline hosts: what somebody brings is judged as what secdash reads itself, and everything else refused in words."""

from __future__ import annotations

import json
import resource
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from secdash.audit.models import AuditEntry
from secdash.checks.engine import judge
from secdash.checks.outcome import Status
from secdash.facts.collect import collect
from secdash.facts.files.reading import LOCAL, Way, with_files
from secdash.facts.model import HostFacts, dump, known, load
from secdash.facts.offline import envelope
from secdash.facts.offline.envelope import CHANGED, FOREIGN, NOT_A_SNAPSHOT, Refused
from secdash.facts.parse import parse
from secdash.findings.models import Finding
from secdash.fleet import uploading
from secdash.fleet.models import Host, MaintenanceWindow
from secdash.messaging.models import Rule
from secdash.scans import offline, services, snapshots, ticking, uploads
from secdash.scans.models import Scan, Upload
from tests.build import a_container, a_snapshot
from tests.facts.offline.files import BARE, collected
from tests.fleet.hosts import a_host
from tests.messaging.world import a_rule, body_of, letters, tick

pytestmark = pytest.mark.django_db

NOW = timezone.now()
SECRETS = ("hunter2hunter2", "s3cr3t-label-value", "argpassw0rd", "ghp_0123456789abcdefghijABCDEFGHIJ012345")


def an_offline_host(name="island", **fields):
    return uploading.register(name, at=NOW, **fields)


def a_file(host, facts=None, *, at=NOW, key=""):
    body = facts if isinstance(facts, bytes) else dump(facts or a_snapshot(containers=[a_container()]))
    return envelope.closed(body, key or uploading.key_of(host), at=at, version="0.1.0")


def take(host, data, *, at=NOW):
    return offline.take(host, data, by=None, at=at)


def refusal(host, data, *, at=NOW):
    with pytest.raises(Refused) as refused:
        take(host, data, at=at)
    return str(refused.value)


# --- the same as a scan ---------------------------------------------------------------------------------------------


@pytest.fixture
def engine(dockerd):
    """A container that runs and one that may do everything, with secrets in every place that has room for one."""
    hidden = ("-e", f"DB_PASSWORD={SECRETS[0]}", "-e", f"OTHER={SECRETS[3]}", "--label", f"api.token={SECRETS[1]}")
    line = ("sleep", "600")
    try:
        dockerd.docker("run", "-d", "--name", "island-web", "-p", "127.0.0.1:8099:80", *hidden, "bb:1", *line)
        dockerd.docker(
            "create",
            "--name",
            "island-off",
            "--privileged",
            "-v",
            "/:/host:ro",
            *hidden,
            "bb:1",
            "sh",
            "-c",
            f"x --password {SECRETS[2]}",
        )
        yield dockerd
    finally:
        dockerd.docker("rm", "-f", "island-web", "island-off")


def verdicts(facts):
    return [(each.check, each.severity, each.subject, each.outcome) for each in judge(facts)]


@pytest.mark.engine
def test_a_snapshot_from_the_file_gives_the_verdicts_of_a_scan(engine, tmp_path):
    host = an_offline_host()
    direct = parse(with_files(collect(engine.url), engine.url, Way(LOCAL)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    data = collected(tmp_path, uploading.key_of(host), "--socket", str(engine.socket))

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    scan = take(host, data, at=timezone.now())
    services.run(scan.pk)
    scan.refresh_from_db()
    host.refresh_from_db()
    facts = snapshots.facts_of(scan.snapshot)
    assert (scan.state, scan.trigger, host.state) == ("done", "upload", Host.State.REACHABLE)
    assert verdicts(facts) == verdicts(direct)
    assert isinstance(facts.host, HostFacts)
    assert {each[3].status for each in verdicts(facts)} == set(Status)
    assert Finding.objects.on(host).filter(check_name="privileged-container", subject_key="island-off").exists()
    assert host.seen_at == host.upload.collected_at < scan.finished_at
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3
    written = envelope.opened(data, uploading.key_of(host)).body
    assert dump(load(written)) == dump(facts)
    assert [secret for secret in SECRETS if secret.encode() in written] == []


@pytest.mark.engine
def test_an_older_python_sees_the_same_below_another_root(engine, tmp_path):
    key = envelope.new_key()
    older = (
        "import http, enum, runpy, sys; del enum.StrEnum; sys.argv.pop(0); "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )

    root = tmp_path / "root"
    (root / "etc" / "docker").mkdir(parents=True)
    (root / "etc" / "docker" / "daemon.json").write_text('{"icc": false, "log-opts": {"splunk-token": "hunter2"}}')

    data = collected(tmp_path, key, "--socket", str(engine.socket), "--root", str(root), python=[*BARE, "-c", older])

    direct = parse(with_files(collect(engine.url), engine.url, Way(LOCAL, prefix=str(root))))
    seen = load(envelope.opened(data, key).body)
    assert verdicts(seen) == verdicts(direct)
    assert seen.host == direct.host
    assert '"icc": false' in known(known(seen.host.daemon).text)
    assert b"hunter2" not in dump(seen)


# --- what is refused ------------------------------------------------------------------------------------------------


def test_what_is_brought_waits_for_its_scan():
    host = an_offline_host()

    scan = take(host, a_file(host))

    assert (scan.state, scan.trigger) == ("queued", "upload")
    assert Upload.objects.get(host=host).collected_at == NOW
    assert AuditEntry.objects.filter(act="snapshot.uploaded").count() == 1


def test_a_foreign_a_changed_and_a_broken_file_are_refused():
    host, other = an_offline_host(), an_offline_host("reef")
    data = a_file(host)

    assert refusal(host, a_file(other)) == str(FOREIGN)
    assert refusal(host, data[:-1] + b"\0") == str(CHANGED)
    assert refusal(host, data[:40]) == str(NOT_A_SNAPSHOT)
    assert not Upload.objects.exists()
    assert not Scan.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[", b"\xff", b'"' + b"a" * 99, b"[" * 100_000, b'{"engine": 1}', b'{"engine": "\\ud800"}'],
    ids=lambda body: repr(body[:12]),
)
def test_signed_facts_that_are_none_are_refused(body):
    host = an_offline_host()

    assert refusal(host, a_file(host, body)) == str(NOT_A_SNAPSHOT)


def test_keys_that_no_parser_of_ours_makes_are_refused():
    host = an_offline_host()
    odd = [[a_container(key="a\0b")], [a_container(key="x" * 5000)], [a_container(), a_container(id="other")]]

    said = {refusal(host, a_file(host, a_snapshot(containers=containers))) for containers in odd}

    assert said == {str(NOT_A_SNAPSHOT)}


def test_the_same_again_and_what_is_older_are_refused():
    host = an_offline_host()
    take(host, a_file(host))

    assert refusal(host, a_file(host)) == f"This snapshot, of {NOW:%Y-%m-%d %H:%M:%S} UTC, is here already."
    assert refusal(host, a_file(host, at=NOW - timedelta(hours=1))).startswith("A newer snapshot of this host is here")


def test_a_clock_that_is_ahead_may_be_so_a_little_and_is_not_believed_twice():
    host, ahead = an_offline_host(), NOW + timedelta(minutes=4)
    data = a_file(host, at=ahead)
    services.run(take(host, data).pk)

    assert "is here already" in refusal(host, data)
    assert "clock of the host is ahead" in refusal(host, a_file(host, at=NOW + timedelta(minutes=6)))
    host.refresh_from_db()
    assert host.seen_at <= timezone.now()


def test_what_is_too_old_is_refused():
    host = an_offline_host()

    assert "more than 7 days ago" in refusal(host, a_file(host, at=NOW - timedelta(days=8)))


def test_a_host_that_is_connected_to_takes_none():
    host = a_host()

    assert "connects to this host itself" in refusal(host, a_file(host, key=envelope.new_key()))


def test_a_new_key_makes_what_the_old_one_signed_foreign():
    host = an_offline_host()
    data, old = a_file(host), host.connection.address

    uploading.renew_key(host, by=None, at=NOW)

    assert refusal(host, data) == str(FOREIGN)
    assert take(host, a_file(host)).host == host
    assert host.connection.address != old
    entry = AuditEntry.objects.get(act="connection.key_renewed")
    assert uploading.key_of(host) not in json.dumps([entry.before, entry.after])


@pytest.mark.parametrize("body", [b'{"x":' + b"[" * 10**7, b"[" * 10**7, b'{"containers":' + b'[{"name":' * 10**6])
def test_what_is_nested_without_end_is_refused(body):
    host = an_offline_host()

    assert refusal(host, a_file(host, body)) == NOT_A_SNAPSHOT.text
    assert not Upload.objects.exists()


# --- its life -------------------------------------------------------------------------------------------------------


def test_it_is_never_due_and_a_scan_without_an_upload_says_what_to_do():
    host = an_offline_host()
    scan = services.request(host, trigger=Scan.Trigger.MANUAL, at=NOW)

    services.run(scan.pk)

    scan.refresh_from_db()
    host.refresh_from_db()
    assert host.scan_due_at is None
    assert "Run secdash-collect there" in str(scan.failure)
    assert host.state == Host.State.NEW


def test_what_comes_while_another_is_judged_is_judged_next():
    host = an_offline_host()
    take(host, a_file(host, at=NOW - timedelta(hours=1)))
    scan = services.claim(Scan.objects.get().pk, at=NOW)
    take(host, a_file(host), at=NOW + timedelta(seconds=1))

    assert list(uploads.left(NOW + timedelta(seconds=2))) == []
    services.fail(scan, envelope.CHANGED, at=NOW)
    ticking.tick(at=NOW + timedelta(seconds=2))

    second = Scan.objects.newest_first()[0]
    assert second != scan
    services.run(second.pk)
    host.upload.refresh_from_db()
    assert bytes(host.upload.content) == b""


def test_it_is_not_seen_any_more_once_the_next_is_overdue():
    host = an_offline_host(interval=60)
    services.run(take(host, a_file(host)).pk)

    uploads.lose_sight_of_overdue(NOW + timedelta(minutes=59))
    host.refresh_from_db()
    assert host.state == Host.State.REACHABLE

    uploads.lose_sight_of_overdue(NOW + timedelta(minutes=61))
    uploads.lose_sight_of_overdue(NOW + timedelta(minutes=71))
    host.refresh_from_db()
    failed = Scan.objects.get(state=Scan.State.FAILED)
    assert host.state == Host.State.UNREACHABLE
    assert f"No snapshot came by {NOW + timedelta(hours=1):%Y-%m-%d %H:%M} UTC" in str(failed.failure)


def test_it_is_not_overdue_while_somebody_works_on_it_or_what_came_waits():
    host, later = an_offline_host(interval=60), NOW + timedelta(minutes=61)
    services.run(take(host, a_file(host)).pk)
    window = MaintenanceWindow.objects.create(
        host=host, starts_at=NOW, ends_at=NOW + timedelta(hours=2), reason="Disks", created_at=NOW
    )

    uploads.lose_sight_of_overdue(later)
    window.delete()
    take(host, a_file(host, at=NOW + timedelta(seconds=1)), at=later)
    uploads.lose_sight_of_overdue(later)

    host.refresh_from_db()
    assert host.state == Host.State.REACHABLE


def test_whoever_is_told_of_unreachable_hosts_hears_once_that_it_is_overdue_and_that_it_is_back():
    host = an_offline_host(interval=60)
    rule, later = a_rule(None, Rule.Event.UNREACHABLE, pause=1), NOW + timedelta(minutes=61)
    services.run(take(host, a_file(host)).pk)
    tick(at=timezone.now())

    for minutes in (0, 5, 10):
        uploads.lose_sight_of_overdue(later + timedelta(minutes=minutes))
        tick(at=later + timedelta(minutes=minutes))
    told = letters()
    services.run(take(host, a_file(host, at=later), at=later + timedelta(minutes=20)).pk)
    Scan.objects.filter(state=Scan.State.DONE).update(finished_at=later + timedelta(minutes=21))
    tick(at=later + timedelta(minutes=30))

    assert told == ["island is unreachable"]
    assert "No snapshot came by" in body_of(rule.channel.deliveries.order_by("pk")[0])
    assert letters() == ["island is unreachable", "island is reachable again"]


def test_the_command_line_takes_one(tmp_path, capsys):
    host, file = an_offline_host(), tmp_path / "snapshot.sds"
    file.write_bytes(a_file(host, at=timezone.now()))

    call_command("take_snapshot", host.slug, str(file))

    assert "judges it" in capsys.readouterr().out
    with pytest.raises(CommandError, match="is here already"):
        call_command("take_snapshot", host.slug, str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("take_snapshot", host.slug, str(tmp_path / "none"))


def test_the_command_line_prints_the_file_with_the_key_of_a_new_host(capsys):
    call_command("collector", "lagoon", "--register")

    printed = capsys.readouterr().out
    assert f'KEY = "{uploading.key_of(Host.objects.get(name="lagoon"))}"' in printed
    with pytest.raises(CommandError, match="no offline host nowhere"):
        call_command("collector", "nowhere")
