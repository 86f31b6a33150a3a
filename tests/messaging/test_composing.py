"""One letter of everything: counts by severity and host, ten by name, a link for the rest; in both languages."""

from __future__ import annotations

import pytest

from secdash.messaging.composing import compose
from secdash.messaging.dialects import Dialect
from secdash.messaging.letters import letter_as_json, letter_from, told
from secdash.messaging.news import Count, Ends, FirstScan, HostNews, News, Place, Shown
from secdash.messaging.wording import written

FOOTER = told("Change the rule")
TITLE = "Container has no memory limit"


def place(name="web-01"):
    return Place(name, f"/hosts/{name}/", name)


def shown(number=1, **fields):
    defaults = {
        "title": TITLE,
        "subject": f"app-{number}",
        "host": "web-01",
        "severity": 4,
        "url": f"/findings/{number}/",
    }
    return Shown(**{**defaults, **fields})


def text(news, language="en", dialect=Dialect.PLAIN):
    letter = compose(news, footer=FOOTER)
    assert letter is not None
    assert letter_from(letter_as_json(letter)) == letter
    return written(letter, dialect, language=language)


def test_nothing_happened_is_nothing_to_say():
    assert compose(News(), footer=FOOTER) is None


def test_new_findings_of_one_host_are_counted_by_severity_worst_first():
    counts = (Count(place(), "new", 2, 5), Count(place(), "new", 4, 1))

    assert text(News(counts, (shown(),))).subject == "6 new findings on web-01: 1 critical, 5 medium"


def test_one_is_said_in_the_singular():
    assert text(News((Count(place(), "new", 4, 1),), (shown(),))).subject == "1 new finding on web-01: 1 critical"


def test_at_most_ten_are_named_and_the_rest_is_a_link_to_the_list():
    counts = (Count(place(), "new", 4, 142),)
    written_out = text(News(counts, tuple(shown(n) for n in range(1, 13)))).body

    assert sum("critical: " in line for line in written_out.splitlines()) == 10
    assert "- and 132 more http://127.0.0.1:8000/findings/?severity=critical&host=web-01" in written_out
    assert "/findings/10/" in written_out
    assert "/findings/11/" not in written_out


def test_hosts_are_listed_where_they_are_several_and_not_all_of_hundreds():
    counts = tuple(Count(place(f"host-{n:03}"), "new", 3, 2) for n in range(120))
    mail = text(News(counts, (shown(severity=3),)))

    assert mail.subject == "240 new findings on 120 hosts: 240 high"
    assert "- host-009: 2 high http://127.0.0.1:8000/hosts/host-009/" in mail.body
    assert "host-010" not in mail.body
    assert "and 110 more hosts" in mail.body


def test_a_first_scan_is_one_line():
    mail = text(News(first=(FirstScan(place(), 34),)))

    assert mail.subject == "web-01 was scanned for the first time: 34 findings"
    assert "http://127.0.0.1:8000/hosts/web-01/" in mail.body


def test_what_weighs_most_is_the_title_and_the_rest_is_counted():
    news = News(
        counts=(Count(place(), "new", 4, 1), Count(place(), "resolved", 1, 3)),
        shown=(shown(),),
        hosts=(HostNews(place("db-01"), "unreachable", "It did not answer."),),
    )
    mail = text(news)

    assert mail.subject == "1 new finding on web-01: 1 critical, and 2 more changes"
    assert mail.body.index("1 new finding") < mail.body.index("db-01 is unreachable") < mail.body.index("resolved")
    assert "It did not answer." in mail.body


def test_many_hosts_that_are_lost_are_one_section():
    news = News(hosts=tuple(HostNews(place(f"h{n:02}"), "unreachable", "No.") for n in range(12)))

    assert text(news).subject == "12 hosts are unreachable"
    assert "and 2 more hosts" in text(news).body


def test_an_acceptance_about_to_end_names_check_and_day():
    news = News(ends=(Ends("ending", TITLE, "2026-12-05", 12, 3, "/acceptances/4/"),))

    assert text(news).subject == f"The acceptance of “{TITLE}” ends after 2026-12-05: 12 findings open again"


def test_the_same_letter_is_written_in_french():
    mail = text(News((Count(place(), "new", 4, 2),), (shown(),)), language="fr")

    assert "2 nouveaux constats" in mail.subject
    assert "critique" in mail.subject


@pytest.mark.parametrize("kind", ["new", "reopened", "voided", "resolved"])
@pytest.mark.parametrize("hosts", [1, 2])
def test_every_kind_of_count_has_its_sentence(kind, hosts):
    counts = tuple(Count(place(f"h{n}"), kind, 3, 1) for n in range(hosts))

    assert f"{hosts} high" in text(News(counts)).subject
