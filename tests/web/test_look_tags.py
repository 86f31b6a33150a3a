"""The parts of the look: they say what they show, and what comes from a host stays text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.context import RequestContext
from django.test import RequestFactory
from django.utils import translation

from secdash.web.icons import ICONS
from secdash.web.samples import LINES, SampleForm, SampleLine

EVIL = '"><script>alert(1)</script>'
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def draw(source: str, **values: object) -> str:
    return Template("{% load look %}" + source).render(Context(values))


@pytest.mark.parametrize("name", sorted(ICONS))
def test_draws_every_icon_hidden_from_screen_readers(name):
    drawn = draw("{% icon name %}", name=name)

    assert drawn.startswith('<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><')


def test_refuses_an_icon_nobody_drew():
    with pytest.raises(KeyError):
        draw("{% icon 'unicorn' %}")


@pytest.mark.parametrize(("given", "word"), [(0, "info"), (4, "critical"), ("high", "high"), ("Low", "low")])
def test_labels_a_severity_with_its_word(given, word):
    assert draw("{% severity given %}", given=given) == f'<span class="sev {word}">{word}</span>'


@pytest.mark.parametrize("given", ["fatal", "", None])
def test_refuses_what_is_no_severity(given):
    with pytest.raises(ValueError, match="not a severity"):
        draw("{% severity given %}", given=given)


@pytest.mark.parametrize(
    ("name", "css", "word"),
    [
        ("pass", "pass", "pass"),
        ("fail", "fail", "fail"),
        ("unknown", "unknown", "unknown"),
        ("na", "na", "not applicable"),
    ],
)
def test_shows_a_verdict_in_four_faces(name, css, word):
    drawn = draw("{% verdict name %}", name=name)

    assert f'class="state {css}"' in drawn
    assert drawn.endswith(f"{word}</span>")


def test_refuses_a_verdict_that_does_not_exist():
    with pytest.raises(ValueError, match="none of"):
        draw("{% verdict 'maybe' %}")


@pytest.mark.parametrize(
    "source",
    [
        "{% state 'open' evil %}",
        "{% verdict 'fail' evil %}",
        "{% avatar evil %}",
        "{% crumb evil machine=True %}",
        "{% crumb evil evil %}",
        "{% tab evil evil 3 %}",
        "{% filter_chip evil evil evil %}",
        "{% code evil evil id=evil %}",
        "{% copy_button evil %}",
        "{% spark values evil %}",
        "{% score_rule 50 said=evil %}",
        "{% score_figure 50 was=40 was_said=evil %}",
        "{% score_chart days evil %}",
        "{% diff lines evil evil %}",
        "{% live_block evil 'high' check_url=evil failed=1 said=evil hosts=hosts findings=1 findings_url=evil %}",
        "{% live_block evil 'low' first=evil command=evil first_url=evil fix_url=evil %}",
        "{% empty 'never' evil %}{{ evil }}{% endempty %}",
        "{% note 'warn' %}{{ evil }}{% endnote %}",
    ],
)
def test_what_comes_from_a_host_stays_text(source):
    drawn = draw(
        source,
        evil=EVIL,
        values=[1, 2],
        days=[(date(2026, 11, 1), 50.0)],
        lines=[SampleLine("del", 1, None, f"  name: {EVIL}", (EVIL,))],
        hosts=[{"name": EVIL, "url": EVIL, "subjects": [{"name": EVIL, "url": EVIL}]}],
    )

    assert "<script" not in drawn
    assert 'alert(1)">' not in drawn


def test_verdict_bar_never_draws_unknown_like_pass():
    drawn = draw("{% verdict_bar 10 2 3 1 %}")

    assert 'class="hatched"' in drawn
    assert 'aria-label="2 fail, 3 unknown, 10 pass, 1 not applicable"' in drawn


def test_what_a_verdict_bar_says_agrees_with_each_of_its_numbers():
    with translation.override("fr"):
        drawn = draw("{% verdict_bar 3 1 1 0 %}")

    assert 'aria-label="1 en échec, 1 inconnu, 3 conformes, 0 sans objet"' in drawn


def test_a_colon_is_set_as_the_language_sets_it():
    with translation.override("fr"):
        french = draw("<b>mail-01</b>{% colon %} ouvert")

    assert french == "<b>mail-01</b>\u00a0: ouvert"
    assert draw("<b>mail-01</b>{% colon %} open") == "<b>mail-01</b>: open"


def test_verdict_bar_of_nothing_is_an_empty_track():
    assert 'class="f-track" width="100%"' in draw("{% verdict_bar 0 0 0 %}")


def test_severity_bar_counts_worst_first():
    drawn = draw("{% severity_bar counts %}", counts={0: 31, "critical": 4})

    assert 'aria-label="35 open: 4 critical, 0 high, 0 medium, 0 low, 31 info"' in drawn
    assert drawn.index("f-critical") < drawn.index("f-info")


@pytest.mark.parametrize(
    ("score", "letter"), [(100, "A"), (90, "A"), (89, "B"), (70, "C"), (60, "D"), (59, "E"), (0, "E")]
)
def test_a_score_carries_its_letter(score, letter):
    assert f'aria-label="Grade {letter}"' in draw("{% score_small score %}", score=score)


def test_no_score_is_not_a_zero():
    drawn = draw("{% score_figure None %}{% score_small None %}{% score_mini None %}")

    assert "Not scored yet" in drawn
    assert "grade" not in drawn


def test_more_findings_are_worse_and_a_higher_score_is_better():
    assert "worse" in draw("{% count_delta 2 %}")
    assert "worse" in draw("{% score_delta change %}", change=-3)
    assert "better" in draw("{% score_delta 3 %}")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_coordinates_keep_their_point_in_every_language(language):
    with translation.override(language):
        drawn = draw("{% score_rule 71.5 %}{% verdict_bar 1 1 1 %}{% spark values %}", values=[1, 2.5, None, 4])

    assert 'cx="71.5%"' in drawn
    assert "33,33%" not in drawn


def test_a_line_says_where_it_begins_and_ends_to_those_who_do_not_see_it():
    drawn = draw("{% spark values 'high, 30 days' %}", values=[None, 3, 7.6, 5])

    assert 'aria-label="high, 30 days: from 3 to 5"' in drawn
    assert 'aria-label="high, 30 days"' in draw("{% spark values 'high, 30 days' %}", values=[None, None])
    assert "from" not in draw("{% spark values %}", values=[1, 2])


def test_a_chart_has_a_table_behind_it():
    days = [(date(2026, 11, 1) + timedelta(days=i), None if i == 1 else 60.0 + i) for i in range(4)]
    drawn = draw("{% score_chart days 'Score' %}", days=days)

    assert drawn.count("<tr>") == 5
    assert drawn.count("M") >= 2  # the pen is lifted over the missing day


def test_a_chart_without_a_score_says_so():
    assert "No score has been kept yet" in draw("{% score_chart days 'Score' %}", days=[(date(2026, 11, 1), None)])


def test_diff_marks_rows_signs_and_the_check_each_settles():
    drawn = draw("{% diff lines 'docker-compose.yml' %}", lines=LINES)

    assert '<tr class="del">' in drawn
    assert '<td class="sg">+</td>' in drawn
    assert "    privileged: <mark>true</mark>" in drawn
    assert "privileged-container" in drawn


def test_diff_marks_only_what_changed_between_two_lines():
    lines = [SampleLine("del", 1, None, "mem: 256m # ok"), SampleLine("add", None, 1, "mem: 512m # ok")]

    drawn = draw("{% diff lines %}", lines=lines)

    assert "mem: <mark>256m</mark> # ok" in drawn
    assert "mem: <mark>512m</mark> # ok" in drawn


@pytest.mark.parametrize(
    ("form", "passed", "text"),
    [
        ("ago", timedelta(seconds=20), "just now"),
        ("ago", timedelta(minutes=1), "1 minute ago"),
        ("ago", timedelta(hours=3), "3 hours ago"),
        ("ago", timedelta(days=6), "6 days ago"),
        ("ago", timedelta(days=8), "16 Nov 2026"),
        ("ago", timedelta(hours=-3), "24 Nov 2026"),
        ("short", timedelta(minutes=4), "4 min"),
        ("short", timedelta(days=8), "16 Nov"),
        ("moment", timedelta(0), "24 Nov 2026, 12:00 UTC"),
    ],
)
def test_times_are_relative_for_a_week(form, passed, text):
    drawn = draw("{% when at form now=now %}", at=NOW - passed, form=form, now=NOW)

    assert f">{text}</time>" in drawn
    assert f'datetime="{(NOW - passed).isoformat()}"' in drawn


def test_a_time_that_never_was_is_never():
    assert "never" in draw("{% when None %}")


def test_scan_progress_names_the_stage_it_is_in():
    drawn = draw("{% scan_progress 'reading' read=40 total=140 %}")

    assert drawn.count('class="done"') == 2
    assert 'class="now" aria-current="step"' in drawn
    assert "Reading 40 of 140" in drawn


def test_field_ties_its_error_to_its_input():
    drawn = draw("{% field form.key %}", form=SampleForm({"key": "short"}))

    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_key-error"' in drawn
    assert 'id="id_key-error"' in drawn


def test_pages_keep_the_rest_of_the_query():
    request = RequestFactory().get("/findings/", {"severity": ["high", "low"], "page": "2"})
    source = Template("{% load look %}{% pagination page %}")

    drawn = source.render(RequestContext(request, {"page": Paginator(range(50), 10).page(2), "request": request}))

    assert 'href="?severity=high&amp;severity=low&amp;page=3" rel="next"' in drawn
    assert "11 to 20 of 50" in drawn


def test_scan_progress_shows_the_reading_of_images_where_a_scan_does_it():
    assert "Reading images" not in draw("{% scan_progress 'reading' read=40 total=140 %}")
    assert "Reading images" not in draw("{% scan_progress 'done' %}")
    now = draw("{% scan_progress 'images' read=2 total=3 %}")
    assert now.count("Reading images") == 1
    assert "2 of 3" in now
    done = draw("{% scan_progress 'done' timings=timings %}", timings={"images": "4 s"})
    assert "Reading images<small>4 s</small>" in done
    assert "0 of" not in done
