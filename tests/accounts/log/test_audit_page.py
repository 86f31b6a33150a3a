"""The page of the audit log: found by person, act, object, words and days; page by page; as a file."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from secdash.accounts.log.page import SIZE, as_text, changed
from secdash.accounts.roles import Role
from secdash.audit.context import Origin, coming_from
from secdash.audit.models import AuditEntry
from secdash.audit.recording import record
from secdash.fleet.models import Group
from tests.cast import a_member, signed_in

pytestmark = pytest.mark.django_db
FORMULA = "=HYPERLINK(1)"
URL = "/settings/audit/"


@pytest.fixture
def entries():
    """Three entries, and then a sign-in by whoever reads."""
    group, operator = Group.objects.create(name="Production", slug="production"), a_member(Role.OPERATOR)
    with coming_from(Origin("203.0.113.9", "00ff00ff00ff00ff")):
        record("host.changed", by=operator, on=group, before={"owner": "", "tags": ["a"]}, after={"owner": "Zoé"})
    record("policy.changed", by=a_member(Role.REVIEWER), name=FORMULA, at=datetime(2026, 1, 5, 12, tzinfo=UTC))
    record("acceptance.ended", on=group)
    return group


def shown(**query):
    """Ids of the entries on the page."""
    response = signed_in(Role.ADMINISTRATOR).get(URL, query)
    return [line.entry.act for line in response.context["page"].lines if line.entry.act != "person.signed_in"]


def test_newest_first_with_words_for_each_act_in_the_reader_s_language(entries):
    client = signed_in(Role.ADMINISTRATOR)

    english = client.get(URL).content.decode()
    french = client.get(URL, headers={"Accept-Language": "fr"}).content.decode()

    assert shown() == ["acceptance.ended", "policy.changed", "host.changed"]
    assert "changed a host" in english
    assert "203.0.113.9" in english
    assert '<html lang="fr"' in french
    assert "Zoé" in english
    assert "00ff00ff00ff00ff" in english


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"who": "Operator"}, ["host.changed"]),
        ({"act": "policy.changed"}, ["policy.changed"]),
        ({"act": "policy"}, ["policy.changed"]),
        ({"q": "Zoé"}, ["host.changed"]),
        ({"q": "203.0.113"}, ["host.changed"]),
        ({"q": "00ff00ff00ff00ff"}, ["host.changed"]),
        ({"q": "hyperlink"}, ["policy.changed"]),
        ({"until": "2026-01-05"}, ["policy.changed"]),
        ({"since": "2026-01-06"}, ["acceptance.ended", "host.changed"]),
        ({"since": "not a day"}, ["acceptance.ended", "policy.changed", "host.changed"]),
        ({"q": "nowhere"}, []),
    ],
)
def test_entries_are_found(entries, query, found):
    assert shown(**query) == found


def test_the_history_of_an_object(entries):
    assert shown(kind="group", key=str(entries.pk)) == ["acceptance.ended", "host.changed"]
    assert shown(kind="group", key="9999") == []


def test_pages_go_on_by_key():
    for number in range(SIZE + 3):
        record("host.changed", name=f"host {number}")
    client = signed_in(Role.ADMINISTRATOR)
    first = client.get(URL, {"act": "host.changed"}).context["page"]

    second = client.get(URL, {"act": "host.changed", "before": first.older}).context["page"]

    assert [line.entry.name for line in second.lines] == ["host 2", "host 1", "host 0"]
    assert (len(first.lines), second.older) == (SIZE, None)


def test_an_empty_page_says_which_kind_of_empty_it_is():
    client = signed_in(Role.ADMINISTRATOR)

    assert "No entry fits" in client.get(URL, {"q": "nowhere"}).content.decode()
    assert "No entry fits" not in client.get(URL).content.decode()


@pytest.mark.parametrize("before", ["x", "٣", "9" * 40, "-1"])
def test_a_page_that_cannot_be_is_the_first(entries, before):
    assert len(shown(before=before)) == 3


def test_what_a_host_or_a_person_is_called_is_never_markup():
    record("host.changed", name="<script>alert(1)</script>", after={"<b>": "<img src=x>"})

    page = signed_in(Role.ADMINISTRATOR).get(URL).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_files_hold_what_the_page_is_filtered_to_with_the_chain(entries):
    client = signed_in(Role.ADMINISTRATOR)

    rows = list(csv.DictReader(io.StringIO(client.get(f"{URL}export.csv?until=2026-01-05").getvalue().decode())))
    told = json.loads(client.get(f"{URL}export.json?kind=group").getvalue())["entries"]

    assert [row["name"] for row in rows] == [f"'{FORMULA}"]
    assert [row["after"] for row in told] == [{"owner": "Zoé"}, {}]
    assert [row["digest"] for row in told] == list(
        AuditEntry.objects.in_chain().of("group", str(entries.pk)).values_list("digest", flat=True)
    )


def test_only_administrators_read_it(entries):
    others = [role for role in Role if role != Role.ADMINISTRATOR]

    answers = {signed_in(role).get(f"{URL}{path}").status_code for role in others for path in ("", "export.csv")}

    assert answers == {403}


def test_what_differs_is_told_and_what_does_not_is_not():
    before, after = (
        {"owner": "", "tags": ["a", "b"], "same": 1},
        {"owner": "Zoé", "same": 1, "more": {"x": [1], "y": {"z": [{}]}}},
    )

    found = [(each.field, each.was, each.now) for each in changed(before, after)]

    assert found == [("owner", "–", "Zoé"), ("tags", "a, b", "–"), ("more.x", "–", "1"), ("more.y.z", "–", "[{}]")]
    assert as_text(False) == "false"


def test_days_are_those_of_the_server_and_whole(entries):
    today = timezone.localdate()

    assert "host.changed" in shown(since=today.isoformat(), until=today.isoformat())
    assert shown(until=(today - timedelta(days=1)).isoformat()) == ["policy.changed"]
