"""The inbox: what others did that concerns me, once, in my language, and nothing of what I may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.facts.message import say
from secdash.findings import signals
from secdash.findings.models import Acceptance, BulkAct, Comment, Finding
from secdash.messaging import inbox
from secdash.messaging.letters import letter_as_json
from secdash.messaging.models import Notice
from secdash.posture.context import rooms_of
from tests.cast import a_member, signed_in
from tests.messaging.test_composing import FOOTER
from tests.messaging.world import a_known_host, a_rule, tick, worsens

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def unread(user):
    return Notice.objects.of(user).unread().count()


def tells(user=None, key="k", **fields):
    values = {"url": "/findings/1/", "at": NOW, **fields}
    inbox.tell([user or a_member()], "bulk", say("Your bulk act is undone"), key=key, **values)


def texts(client):
    return client.get(reverse("inbox")).content.decode()


def a_finding():
    worsens(a_known_host())
    return Finding.objects.filter(check_name="no-memory-limit").first()


def test_what_is_told_stands_in_the_inbox_and_leads_there():
    tells()
    page = texts(signed_in())

    assert '<a class="notice-title" href="/findings/1/">Your bulk act is undone</a>' in page


def test_the_same_told_twice_is_one_line_and_unread_again():
    tells()
    inbox.mark_read(a_member(), None, at=NOW)
    tells()

    notice = Notice.objects.get()
    assert (notice.read_at, notice.number) == (None, 2)


def test_it_is_read_in_the_language_of_the_reader():
    tells()
    client = signed_in()
    client.cookies["django_language"] = "fr"

    assert "Votre action groupée est annulée" in texts(client)


def test_one_is_marked_as_read_or_all():
    user = a_member()
    for key in "abc":
        tells(key=key)
    client = signed_in()

    client.post(reverse("inbox-read"), {"notice": Notice.objects.first().pk})
    assert unread(user) == 2
    client.post(reverse("inbox-read"))
    assert unread(user) == 0


def test_nobody_marks_what_is_somebody_elses():
    tells(a_member(Role.OPERATOR))
    client = signed_in(Role.ADMINISTRATOR)

    client.post(reverse("inbox-read"), {"notice": Notice.objects.get().pk})
    client.post(reverse("inbox-read"))

    assert Notice.objects.unread().count() == 1
    assert "Your bulk act" not in texts(client)


def test_unread_stands_first():
    tells(key="old", at=NOW - timedelta(days=2), url="/old/")
    tells(key="new", url="/new/")
    Notice.objects.filter(key="new").update(read_at=NOW)
    page = texts(signed_in())

    assert page.index("/old/") < page.index("/new/")


def test_somebody_who_left_is_told_nothing():
    user = a_member()
    user.is_active = False
    tells(user)

    assert not Notice.objects.exists()


def test_a_long_inbox_has_pages_and_few_queries(django_assert_max_num_queries):
    user = a_member()
    Notice.objects.bulk_create(
        Notice(user=user, kind="bulk", key=str(n), at=NOW, letter={"title": {"text": f"Notice {n:03}"}})
        for n in range(120)
    )
    client = signed_in()
    with django_assert_max_num_queries(12):
        page = texts(client)

    assert page.count("notice-title") == 50
    assert "1 to 50 of 120" in page


def test_the_bell_counts_once_a_page(rf):
    from django.template import Context, Template

    from secdash.messaging.context import bell

    tells()
    request = rf.get("/")
    request.user = a_member()
    with translation.override("en"):
        drawn = Template('{% include "messaging/_bell.html" %}').render(Context({"request": request, **bell(request)}))

    assert "1 unread" in drawn


def test_the_bell_costs_no_query_of_its_own_and_a_stranger_is_shown_nothing(rf, django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser

    from secdash.messaging.context import bell

    request = rf.get("/")
    request.user = a_member()
    rooms_of(request, request.user)  # what the sidebar counts on every page
    with django_assert_num_queries(0):
        assert bell(request) == {"unread": 0}
        request.user = AnonymousUser()
        assert bell(request) == {}


def test_what_a_host_is_called_is_only_text():
    from secdash.messaging.composing import compose
    from secdash.messaging.news import HostNews, News, Place

    news = News(hosts=(HostNews(Place("<script>x</script>", "/hosts/x/", "x"), "unreachable"),))
    letter = compose(news, footer=FOOTER)
    Notice.objects.create(user=a_member(), kind="news", key="x", at=NOW, letter=letter_as_json(letter))
    page = texts(signed_in())

    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_what_a_rule_tells_can_be_read_there():
    from tests.messaging.world import a_channel

    a_rule(a_channel(kind="inbox", owner=a_member()))
    worsens(a_known_host(), privileged=True)
    tick()
    page = texts(signed_in())

    assert "on web-01: 1 critical" in page
    assert "critical: Runs privileged, app on web-01" in page


# --- what the rooms below say -------------------------------------------------------------------------------------


@pytest.fixture
def blind():
    """The viewer has a role in no group, and so sees no host."""
    return a_member(reach=User.Reach.GROUPS)


def mention(*users):
    author = a_member(Role.CONTRIBUTOR)
    comment = Comment.objects.create(finding=a_finding(), body="@x", by=author, by_name="Ann Bee", at=NOW)
    signals.mentioned.send(Comment, comment=comment, users=[user.pk for user in users], by=author, at=NOW)
    return comment


def test_somebody_mentioned_is_told_once():
    mention(a_member(), a_member(Role.CONTRIBUTOR))

    notice = Notice.objects.get()  # the author, who mentioned themselves, is not
    assert notice.user == a_member()
    assert "Ann Bee mentioned you on “" in texts(signed_in())
    assert notice.url.endswith("#comments")


def test_somebody_who_may_not_see_the_finding_is_not_told_of_the_mention(blind):
    mention(blind)

    assert not Notice.objects.exists()


def assign(findings, by=None, to=None, at=NOW):
    signals.assigned.send(
        Finding, findings=findings, assignee=to or a_member(), by=by or a_member(Role.OPERATOR), at=at
    )


def test_many_findings_assigned_in_chunks_are_one_line():
    worsens(a_known_host(), "a", "b", "c")
    pks = list(Finding.objects.values_list("pk", flat=True))
    assign(pks[:2])
    assert "operator assigned 2 findings to you" in texts(signed_in())
    assign(pks[2:])

    assert Notice.objects.get().number == len(pks)
    assert f"operator assigned {len(pks)} findings to you" in texts(signed_in())


def test_one_finding_assigned_leads_to_it():
    finding = a_finding()
    assign([finding.pk])

    assert Notice.objects.get().url == finding.get_absolute_url()


def test_what_one_takes_oneself_is_no_news():
    me = a_member(Role.OPERATOR)
    assign([a_finding().pk], by=me, to=me)

    assert not Notice.objects.exists()


def test_findings_that_one_may_not_see_are_not_told_as_assigned(blind):
    finding = a_finding()
    assign([finding.pk], to=blind)

    assert not Notice.objects.exists()


def an_acceptance(**fields):
    asker = a_member(Role.OPERATOR)
    return Acceptance.objects.create(
        check_name="no-memory-limit",
        scope="everywhere",
        reason="Known.",
        by=asker,
        by_name="Olga Pe",
        at=NOW,
        **{"state": "waiting", **fields},
    )


def test_those_who_may_approve_are_asked_and_no_others():
    for role in Role:
        a_member(role)
    signals.approval_asked.send(Acceptance, acceptance=an_acceptance(), at=NOW)

    asked = {notice.user.role for notice in Notice.objects.select_related("user")}
    assert asked == {Role.REVIEWER, Role.ADMINISTRATOR}
    assert "Olga Pe asks for approval" in texts(signed_in(Role.REVIEWER))


@pytest.mark.parametrize(("state", "word"), [("in_force", "approved"), ("refused", "refused")])
def test_whoever_asked_is_told_what_was_decided(state, word):
    acceptance = an_acceptance(state=state, decided_by_name="Rita Vo")
    signals.approval_decided.send(Acceptance, acceptance=acceptance, at=NOW)

    assert f"Rita Vo {word} your acceptance" in texts(signed_in(Role.OPERATOR))


def test_whoever_began_a_bulk_act_is_told_of_its_end():
    act = BulkAct.objects.create(kind="assign", state="done", by=a_member(Role.OPERATOR), at=NOW, total=312, done=312)
    signals.bulk_finished.send(BulkAct, act=act, at=NOW)

    assert "Your bulk act is done: 312 findings are changed" in texts(signed_in(Role.OPERATOR))
