"""The trends page, its data and its files, fetched as a person fetches them."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from secdash.fleet.models import Host, Tag
from secdash.posture.trends import fixes, keeping
from secdash.posture.trends.asked import Asked
from secdash.posture.trends.periods import Period
from secdash.posture.trends.scope import places, scope_of
from secdash.scans.models import PostureDay
from tests.cast import a_member, signed_in
from tests.posture.trends.history import a_day, a_group, a_history, today

pytestmark = pytest.mark.django_db
HOSTILE = '<img src=x onerror="alert(1)">'
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


def page(query="", client=None):
    response = (client or signed_in()).get(f"{reverse('trends')}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def data(query=""):
    return signed_in().get(f"{reverse('trends-data')}?{query}").json()


def column(table, key):
    at = [each["key"] for each in table["columns"]].index(key)
    return [row[at] for row in table["rows"]]


def rows_of(table, query=""):
    response = signed_in().get(f"{reverse('trends-export', args=[table])}?{query}")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def scores(query="days=7"):
    return column(data(query)["charts"]["score"], "score")


def test_the_score_is_the_mean_of_hosts_whatever_day_each_was_scanned():
    a_history("one", 50, 60, 70)
    late = a_history("two")
    a_day(late, 1, 90)

    assert scores() == [None, None, None, None, 50, 75, 80]


def test_a_host_scanned_long_before_the_range_still_counts():
    a_day(a_history("one"), 40, 64, critical=2)

    charts = data("days=7")["charts"]

    assert column(charts["score"], "score") == [64] * 7
    assert column(charts["open"], "critical") == [2] * 7


def test_a_host_that_is_gone_stops_counting_and_what_was_before_stays():
    a_history("stays", 60, 60, 60)
    gone = a_history("goes", 80, 80)
    PostureDay.objects.filter(host=gone, day=today()).update(score=None, assessed=None, resolved=3)
    gone.delete()

    charts = data("days=7")["charts"]

    assert column(charts["score"], "score")[-3:] == [60, 70, 60]
    assert column(charts["score"], "hosts")[-3:] == [1, 2, 1]
    assert column(charts["moved"], "resolved")[-1] == 3
    assert [event["what"] for event in data("days=7")["events"]][-1] == "goes removed"


def test_a_host_counts_for_the_group_that_it_was_in_that_day():
    first, second = a_group("First"), a_group("Second")
    moved = a_history("moves", 60, 60, group=first)
    a_history("stays", 80, 80, 80, group=second)
    Host.objects.filter(pk=moved.pk).update(group=second)
    PostureDay.objects.filter(host=moved, day=today()).update(group=second)
    a_history("anchor", group=first)

    assert scores("days=7&group=first")[-2:] == [60, None]
    assert scores("days=7&group=second")[-2:] == [80, 70]


def test_tags_environments_and_hosts_choose_among_todays_hosts():
    pci, other = a_history("one", 50, 50), a_history("two", 90, 90)
    pci.tags.add(Tag.objects.create(name="pci"))
    Host.objects.filter(pk=other.pk).update(environment="production")

    assert scores("days=7&tag=pci")[-1] == 50
    assert scores("days=7&environment=production")[-1] == 90
    assert scores("days=7&host=one")[-1] == 50
    assert scores("days=7")[-1] == 70


def test_the_period_before_is_the_dashed_line_and_any_other_can_be():
    a_history("one", *range(41, 71))
    tomorrow = today() + timedelta(days=1)

    before = data("days=7")["charts"]["score"]
    assert column(before, "other_score") == list(range(57, 64))
    assert column(before, "other_day")[0] == (today() - timedelta(days=13)).isoformat()

    asked = f"days=7&versus_from={today() - timedelta(days=20)}&versus_to={today() - timedelta(days=18)}"
    assert column(data(asked)["charts"]["score"], "other_score") == [50, 51, 52, None, None, None, None]
    assert "are no range" in page(f"from={tomorrow}&to={tomorrow}")


def test_two_groups_stand_side_by_side():
    a_history("one", 50, 55, group=a_group("First"), opened=2)
    a_history("two", 80, 90, group=a_group("Second"), opened=5)

    by_figure = {row["figure"]: row for row in rows_of("compared", "days=7&group=first&versus=second")}

    assert by_figure["Score at the end"] == {
        "figure": "Score at the end",
        "this": "55.0",
        "other": "90.0",
        "difference": "-35.0",
    }
    assert (by_figure["Opened"]["this"], by_figure["Opened"]["other"]) == ("4", "10")


def test_file_table_and_data_say_the_same():
    a_history("one", 50, 61, 72, critical=1, high=4, opened=2, resolved=1)
    whole = page("days=30")
    charts = json.loads(re.search(r'id="chart-data"[^>]*>(.*?)</script>', whole, re.DOTALL)[1])["charts"]

    for key, table in charts.items():
        region = re.search(rf'data-chart="{key}".*?<tbody>(.*?)</tbody>', whole, re.DOTALL)[1]
        shown = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in re.findall("<tr>(.*?)</tr>", region)]
        numbers = [at for at, each in enumerate(table["columns"]) if each["kind"] == "number"]
        texts = [["" if cell is None else str(cell) for cell in row] for row in table["rows"]]

        assert [list(row.values()) for row in rows_of(key, "days=30")] == texts
        assert [[row[at].replace("–", "") for at in numbers] for row in shown] == [
            [row[at] for at in numbers] for row in texts
        ]


def test_time_to_fix_stands_against_the_policy():
    a_history("one", 60, 60, fix_times={"critical": {"200": 4}}, fixed_in_time=3, fixed_late=1, resolved=4)

    critical = rows_of("fix-severity", "days=7")[0]

    assert (critical["severity"], critical["fixed"], critical["target"]) == ("critical", "8", "7")
    assert float(critical["median"]) == pytest.approx(60 * 2 ** (199.5 / 16) / 86400, abs=0.05)
    assert [row["percent"] for row in rows_of("due", "days=7")][-1] == "75.0"


def test_what_a_chart_shows_is_said_in_words():
    a_history("one", 50, 61, 72)

    assert "The score rose from 50 to 72" in page("days=7")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "No scan has been kept yet"),
        ("host=nowhere", "Your filter hides all hosts"),
        ("from=2020-01-01&to=2020-02-01", "Nothing was kept in these days"),
    ],
)
def test_each_kind_of_nothing_says_what_it_is(query, said):
    whole = page(query)

    assert said in whole
    assert "charts.js" not in whole


def test_one_day_is_not_yet_a_trend_unless_it_was_asked_for():
    a_history("one", 60)

    assert "One day is kept so far" in page()
    assert 'data-chart="score"' in page(f"from={today()}&to={today()}")


def test_days_that_are_over_are_added_up_once():
    a_history("one", *[60] * 40)
    client = signed_in()
    page("days=30", client)

    with CaptureQueriesContext(connection) as queries:
        page("days=30", client)

    assert len(queries) <= MOST_QUERIES
    assert not [query for query in queries if f"{today() - timedelta(days=29)}" in query["sql"]]


def test_queries_do_not_grow_with_hosts_days_or_groups():
    counts = []
    for number in range(2):
        for each in range(1 + 5 * number):
            a_history(f"h-{number}-{each}", *[60] * (5 + 20 * number), group=a_group(f"G-{number}-{each}"))
        client = signed_in()
        page("days=30", client)
        with CaptureQueriesContext(connection) as queries:
            page("days=30", client)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= MOST_QUERIES


def test_a_history_that_is_loaded_later_is_seen_at_once():
    a_history("one", 60, 60)
    assert scores()[-1] == 60
    a_history("two", 80, 80)
    assert scores()[-2:] == [70, 70]
    a_day(Host.objects.get(name="one"), 3, 40)
    assert scores()[3] == 40


def test_hosts_that_come_and_go_leave_what_is_kept_as_it_is():
    a_history("one", *[60] * 40)
    gone = a_history("two", *[80] * 10)
    client = signed_in()
    before = scores("days=30")[:-1]
    PostureDay.objects.filter(host=gone, day=today()).update(score=None)
    gone.delete()
    a_history("three")

    with CaptureQueriesContext(connection) as queries:
        page("days=30", client)

    assert not [query for query in queries if f"{today() - timedelta(days=29)}" in query["sql"]]
    assert scores("days=30") == [*before, 60]


def test_today_is_read_again_once_a_host_was_seen():
    host = a_history("one", 60, 60)
    assert scores()[-1] == 60
    PostureDay.objects.filter(host=host, day=today()).update(score=90)
    Host.objects.filter(pk=host.pk).update(seen_at=timezone.now())

    assert scores()[-2:] == [60, 90]


def test_months_read_one_by_one_give_what_reading_all_at_once_gives():
    a_history("one", *range(40, 100), opened=1, fix_times={"high": {"150": 1}})
    group = a_group("First")
    a_day(a_history("two", group=group), 45, 90, low=3)
    asked, period = Asked(), Period.ending(today() - timedelta(days=1), 80)
    scope = scope_of(a_member(), asked.scope, places(a_member()))

    once = keeping.read(scope, period)
    by_months = keeping.told(scope, period, today=today(), stamp=0)

    assert len(list(period.months())) > 2
    assert by_months.sums.of(None) == once.sums.of(None)
    assert by_months.sums.of(group.pk) == once.sums.of(group.pk)
    assert fixes.by_severity(by_months.fixes, None) == fixes.by_severity(once.fixes, None)
    assert by_months.marks == once.marks


def test_names_from_hosts_are_text_everywhere():
    a_history("before", 60, 60, 60)
    group = a_group("Hostile")
    type(group).objects.filter(pk=group.pk).update(name=HOSTILE)
    late = a_history("late", 60, 60, group=group)
    PostureDay.objects.filter(host=late).update(host_name=HOSTILE)

    for query in ("days=7", "days=7&group=hostile", "days=7&versus=hostile"):
        assert HOSTILE not in page(query)


def test_an_unknown_table_is_not_found():
    assert signed_in().get(reverse("trends-export", args=["secrets"])).status_code == 404
