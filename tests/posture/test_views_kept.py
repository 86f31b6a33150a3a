"""Saved views: for oneself and for everybody, changed and removed by their owner, one to begin with."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from secdash.accounts.roles import Role
from secdash.findings.models import DefaultView, Finding, SavedView
from secdash.posture.capped import Capped
from secdash.posture.saved import counted_views
from tests.cast import a_member, signed_in
from tests.posture.world import a_fleet

pytestmark = pytest.mark.django_db
LIST = "/findings/"


def save(role=Role.OPERATOR, name="Criticals", query="severity=critical", **more):
    return signed_in(role).post(reverse("view-save"), {"name": name, "query": query, **more})


def test_a_view_keeps_the_filters_and_leads_to_them():
    answer = save(query="group=lab&not=group&foreign=1&severity=critical")

    assert answer.url == f"{LIST}?severity=critical&group!=lab"
    assert SavedView.objects.get().audience == SavedView.Audience.OWNER
    assert "Criticals" in signed_in(Role.OPERATOR).get(f"{LIST}?state=open").content.decode()
    assert "Criticals" not in signed_in(Role.ADMINISTRATOR).get(f"{LIST}?state=open").content.decode()


def test_sharing_needs_the_right_to_and_others_cannot_change_what_is_shared():
    assert save(Role.VIEWER, audience="everybody").status_code == 403
    save(audience="everybody")
    view = SavedView.objects.get()

    viewer = signed_in(Role.VIEWER)
    assert "Criticals" in viewer.get(LIST).content.decode()
    for name in ("view-change", "view-remove"):
        assert viewer.post(reverse(name, args=[view.pk]), {"name": "x"}).status_code == 403
    assert SavedView.objects.get().name == "Criticals"


@pytest.mark.parametrize(
    ("name", "why"), [("  ", "Give the view a name"), ("Criticals", "already"), ("x" * 81, "at most")]
)
def test_what_cannot_be_saved_is_said_and_what_was_typed_stays(name, why):
    save()
    answer = save(name=name, query="severity=low", first="1")

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert 'name="query" value="severity=low"' in answer.content.decode()
    assert 'name="first" value="1" checked' in answer.content.decode()
    assert SavedView.objects.count() == 1


def test_its_owner_renames_it_replaces_its_filters_and_removes_it():
    save()
    view, client = SavedView.objects.get(), signed_in(Role.OPERATOR)
    url = reverse("view-change", args=[view.pk])

    client.post(url, {"name": "Worst", "query": "severity=high"})
    view.refresh_from_db()
    assert (view.name, view.query) == ("Worst", "severity=critical")
    client.post(url, {"name": "Worst", "query": "severity=high", "replace": "1"})
    view.refresh_from_db()
    assert view.query == "severity=high"
    assert "Remove “Worst”" in client.get(reverse("view-remove", args=[view.pk])).content.decode()
    client.post(reverse("view-remove", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_the_list_begins_with_it_says_so_and_offers_all():
    a_fleet(1, 1)
    save(first="1")
    client = signed_in(Role.OPERATOR)

    begun = client.get(LIST)
    assert begun.url == f"{LIST}?severity=critical"
    text = client.get(begun.url).content.decode()
    assert "Your list begins with the view “Criticals”." in text
    assert f'href="{LIST}?state=open">Show all' in text
    assert client.get(f"{LIST}?state=open").status_code == 200

    client.post(reverse("view-default"), {})
    assert not DefaultView.objects.exists()
    assert client.get(LIST).status_code == 200


def test_a_view_that_is_no_longer_shared_is_begun_with_by_nobody_else():
    save(audience="everybody")
    view, viewer = SavedView.objects.get(), signed_in(Role.VIEWER)
    viewer.post(reverse("view-default"), {"view": view.pk})
    assert viewer.get(LIST).status_code == 302

    signed_in(Role.OPERATOR).post(reverse("view-change", args=[view.pk]), {"name": "Criticals"})

    assert viewer.get(LIST).status_code == 200
    assert viewer.post(reverse("view-default"), {"view": view.pk}).status_code == 404


def test_the_frame_counts_the_first_views_in_one_query_and_keeps_the_numbers(django_assert_num_queries):
    cache.clear()
    a_fleet(2, 2)
    save(query="check=privileged-container")
    save(name="Of words", query="q=app")
    user = a_member(Role.OPERATOR)

    with django_assert_num_queries(2):
        first = counted_views(user, "two hosts")
    with django_assert_num_queries(1):
        again = counted_views(user, "two hosts")

    assert [view.count for view in first] == [Capped(2), None] == [view.count for view in again]


def test_who_sees_the_same_hosts_shares_the_numbers_but_for_what_is_theirs_alone(django_assert_num_queries):
    cache.clear()
    a_fleet(2, 2)
    save(query="check=privileged-container", audience="everybody")
    save(name="Mine", query="assignee=me", audience="everybody")
    owner, viewer = a_member(Role.OPERATOR), a_member(Role.VIEWER)
    Finding.objects.filter(check_name="privileged-container").update(assignee=owner)

    assert [view.count for view in counted_views(owner, "two hosts")] == [Capped(2), Capped(2)]
    with CaptureQueriesContext(connection) as queries:
        assert [view.count for view in counted_views(viewer, "two hosts")] == [Capped(2), Capped(0)]
    assert not [query for query in queries if "privileged-container" in query["sql"] and "COUNT" in query["sql"]]
    with django_assert_num_queries(2):
        counted_views(viewer, "three hosts")
