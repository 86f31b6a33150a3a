"""PDFs that workers write: once, for their owner alone, kept for some days, mailed where a schedule asks."""

from __future__ import annotations

import io
import socket
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from knowledge.pictures.cleaning import cleaned
from knowledge.problems import Refused
from secdash.accounts.roles import Role
from secdash.reports import mailing, posting, scheduling, writing
from secdash.reports.models import Paper, Schedule
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.messaging.receivers import a_mail_server
from tests.posture.world import named, scan_of
from tests.reports.papers import a_paper, a_schedule

pytestmark = pytest.mark.django_db
NOW = timezone.now()
State = Paper.State


def asked_for(kind="management", query="", owner=None) -> Paper:
    return writing.ask(owner or a_member(), kind, query, language="fr", at=NOW)


def test_a_pdf_is_asked_for_in_the_browser_written_by_a_worker_and_fetched():
    client = signed_in()

    asked = client.post(reverse("paper-ask", args=["management"]), {"until": "2026-11-20", "since": "2026-11-01"})
    paper = Paper.objects.get()
    waiting = client.get(reverse("paper", args=[paper.pk])).status_code
    writing.write(paper.pk)
    answer = client.get(reverse("paper", args=[paper.pk]))

    assert waiting == 404
    assert paper.query == "since=2026-11-01&until=2026-11-20&edition=1.6"
    assert asked.url == f"{reverse('reports')}?{paper.query}"  # with the days that were asked for
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.7")
    assert f'href="{reverse("paper", args=[paper.pk])}"' in client.get(reverse("reports")).content.decode()


def test_on_paper_names_are_text_and_nothing_is_fetched():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        name = f'<img src="http://127.0.0.1:{listening.getsockname()[1]}/x">'
        scan_of(a_host("web-01", at=NOW - timedelta(days=3)), named(name, privileged=True))

        paper = asked_for("evidence", "host=web-01")
        writing.write(paper.pk)

        with pytest.raises(BlockingIOError):
            listening.accept()
    paper.refresh_from_db()
    assert paper.state == State.DONE
    assert paper.size == len(paper.content) > 10_000


def test_what_is_under_way_is_not_written_twice_and_others_do_not_see_it():
    first = asked_for()

    assert asked_for().pk == first.pk
    assert asked_for("evidence").pk != first.pk
    assert asked_for(owner=a_member(Role.OPERATOR)).pk != first.pk
    assert signed_in(Role.ADMINISTRATOR).get(reverse("paper", args=[a_paper(a_member()).pk])).status_code == 404


def test_a_worker_that_was_thought_dead_writes_nothing_any_more():
    paper = asked_for()
    lost = writing.claim(paper.pk, at=NOW)
    assert writing.claim(paper.pk, at=NOW) is None

    writing.take_up(at=NOW + writing.LEASE + timedelta(seconds=1))
    taken_again = writing.claim(paper.pk, at=NOW)
    writing.fail(lost, writing.LEFT, at=NOW)

    paper.refresh_from_db()
    assert (paper.state, paper.attempts) == (State.RUNNING, 2)
    assert taken_again.pk == paper.pk


def test_after_the_second_lost_worker_it_fails_in_words():
    paper = asked_for()
    for _ in range(writing.MOST_ATTEMPTS):
        writing.claim(paper.pk, at=NOW)
        writing.take_up(at=NOW + writing.LEASE + timedelta(seconds=1))

    paper.refresh_from_db()
    assert paper.state == State.FAILED
    assert "interrupted" in signed_in().get(reverse("papers")).content.decode()


def test_making_a_pdf_leaves_broken_pictures_refused_everywhere_else():
    whole = io.BytesIO()
    Image.effect_noise((40, 20), 60).save(whole, "PNG")
    writing.write(asked_for().pk)

    with pytest.raises(Refused, match="damaged"):
        cleaned(whole.getvalue()[:300])


def test_a_machine_without_what_pdf_needs_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # as if it were not installed
    paper = asked_for()

    writing.write(paper.pk)

    paper.refresh_from_db()
    assert paper.failure == writing.NO_PANGO


def test_nothing_is_written_for_somebody_who_left():
    owner = a_member()
    paper = asked_for(owner=owner)
    owner.is_active = False
    owner.save()

    writing.write(paper.pk)

    paper.refresh_from_db()
    assert (paper.failure, bytes(paper.content)) == (writing.LEFT, b"")


def test_old_pdfs_are_forgotten():
    paper = a_paper(a_member())
    over = paper.created_at + writing.KEPT
    writing.take_up(at=over - timedelta(minutes=1))
    assert Paper.objects.filter(pk=paper.pk).exists()

    writing.take_up(at=over + timedelta(minutes=1))
    assert not Paper.objects.filter(pk=paper.pk).exists()


MONDAY, TUESDAY = datetime(2026, 11, 23, 6, tzinfo=UTC), datetime(2026, 11, 24, 6, tzinfo=UTC)
FIRST, SECOND = datetime(2026, 12, 1, 6, tzinfo=UTC), datetime(2027, 1, 1, 6, tzinfo=UTC)
SECONDS = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("every", "after", "due"),
    [
        ("week", MONDAY - SECONDS, MONDAY),
        ("week", MONDAY, MONDAY + timedelta(days=7)),
        ("week", TUESDAY, MONDAY + timedelta(days=7)),
        ("month", MONDAY, FIRST),
        ("month", FIRST - SECONDS, FIRST),
        ("month", FIRST, SECOND),
    ],
)
def test_when_the_next_report_is_due(every, after, due):
    assert scheduling.next_time(every, after) == due


@pytest.mark.parametrize(
    ("every", "day", "days"),
    [
        ("week", MONDAY.date(), (date(2026, 11, 16), date(2026, 11, 22))),
        ("month", FIRST.date(), (date(2026, 11, 1), date(2026, 11, 30))),
        ("month", SECOND.date(), (date(2026, 12, 1), date(2026, 12, 31))),
    ],
)
def test_which_days_a_report_tells_of(every, day, days):
    assert scheduling.days_of(every, day) == days


def test_a_schedule_asks_once_and_the_report_comes_by_mail(settings):
    owner = a_member(Role.OPERATOR, email="olga@example.org")
    schedule = a_schedule(owner, at=MONDAY - timedelta(days=3))

    counts = [
        scheduling.write_due(at=MONDAY - SECONDS),
        scheduling.write_due(at=MONDAY),
        scheduling.write_due(at=MONDAY),
    ]
    paper = Paper.objects.get()
    writing.write(paper.pk)
    with a_mail_server() as server:
        settings.MAIL = server.settings
        mailing.mail(paper.pk, at=timezone.now())
        mailing.mail(paper.pk, at=timezone.now())
        [(receivers, letter)] = server.came

    paper.refresh_from_db()
    schedule.refresh_from_db()
    assert counts == [0, 1, 0]
    assert paper.query == "since=2026-11-16&until=2026-11-22"
    assert schedule.next_at == MONDAY + timedelta(days=7)
    assert receivers == ["rcpt TO:<olga@example.org>"]
    [attached] = letter.iter_attachments()
    assert attached.get_content() == bytes(paper.content)
    assert paper.mailed_at is not None


def test_a_report_that_could_not_be_mailed_is_there_and_says_why():
    paper = writing.ask(a_member(), "management", "", language="en", at=NOW, schedule=a_schedule(a_member()))

    writing.write(paper.pk)
    mailing.mail(paper.pk, at=timezone.now())

    paper.refresh_from_db()
    assert (paper.state, paper.mailed_at) == (State.DONE, None)
    assert "address" in str(paper.failure.text)


def test_two_workers_do_not_mail_the_same_report_and_a_lost_one_is_taken_up():
    paper = writing.ask(a_member(), "management", "", language="en", at=NOW, schedule=a_schedule(a_member()))
    done = {"state": State.DONE, "finished_at": NOW, "content": b"%PDF-1.7", "lease_until": NOW + mailing.LEASE}
    Paper.objects.filter(pk=paper.pk).update(**done)

    mailing.mail(paper.pk, at=NOW)
    paper.refresh_from_db()
    held = paper.failure
    mailing.mail(paper.pk, at=NOW + mailing.LEASE + SECONDS)
    paper.refresh_from_db()

    assert held is None
    assert paper.failure == posting.NO_ADDRESS


def test_schedules_are_bounded_and_only_their_owner_stops_them():
    for _ in range(scheduling.MOST):
        mine = a_schedule(a_member())
    text = (
        signed_in()
        .post(reverse("report-schedule", args=["management"]), {"every": "week"}, follow=True)
        .content.decode()
    )
    assert "Stop one first" in text

    url = reverse("report-schedule-remove", args=[mine.pk])
    assert signed_in(Role.ADMINISTRATOR).post(url).status_code == 404
    signed_in().post(url)
    assert Schedule.objects.count() == scheduling.MOST - 1
