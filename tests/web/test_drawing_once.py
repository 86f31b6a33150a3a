"""Parts of pages that are drawn once for the same values: never another's, never too many, never too long."""

from __future__ import annotations

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from secdash.fleet.models import Host
from secdash.web.drawing_once import SECONDS, Drawn

LINE = (
    "{% load i18n once %}{% drawn_once line.name query %}{{ line.name }} {% translate 'Hosts' %} {{ beside }}"
    "{% enddrawn_once %}"
)
READ = Template(LINE)


def drawn(name: str, query: str = "", beside: str = "") -> str:
    return READ.render(Context({"line": {"name": name}, "query": query, "beside": beside}))


def test_what_was_drawn_from_the_same_values_is_not_drawn_again():
    template = Template(LINE)

    first, again, other = (
        template.render(Context({"line": {"name": name}, "beside": beside}))
        for name, beside in (("web", "first"), ("web", "later"), ("db", "later"))
    )

    assert (first, again, other) == ("web Hosts first", "web Hosts first", "db Hosts later")


def test_other_values_another_language_and_another_place_are_drawn_apart():
    with translation.override("fr"):
        french = drawn("web")
    assert french != drawn("web")
    assert drawn("<b>") == "&lt;b&gt; Hosts "
    assert drawn("web", "state=all", "x") == "web Hosts x"
    one, two = (f"{{% drawn_once x %}}{word}{{% enddrawn_once %}}" for word in "ab")
    assert Template("{% load once %}" + one + two).render(Context({"x": 1})) == "ab"


def test_a_row_of_the_database_does_not_say_what_it_is_drawn_from():
    template = Template("{% load once %}{% drawn_once host %}{{ host.name }}{% enddrawn_once %}")

    with pytest.raises(TypeError, match="name its fields"):
        template.render(Context({"host": Host(name="web-01")}))
    with pytest.raises(TemplateSyntaxError):
        Template("{% load once %}{% drawn_once %}{% enddrawn_once %}")


def test_the_one_that_nobody_asked_for_longest_makes_room():
    drawn, made = Drawn(most=300), []

    def ask(name: str) -> str:
        return drawn.once(name, lambda: made.append(name) or name * 100)

    for name in ("a", "b", "a", "c", "a", "b"):
        assert ask(name) == name * 100

    assert made == ["a", "b", "c", "b"]
    assert drawn.once("large", lambda: "x" * 1000) == "x" * 1000  # shown, and not kept
    assert drawn.once("large", lambda: "y") == "y"


def test_after_a_minute_it_is_drawn_again(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("secdash.web.drawing_once.time.monotonic", lambda: now[0])
    drawn = Drawn()

    first = drawn.once("when", lambda: "just now")
    now[0] += SECONDS + 1

    assert (first, drawn.once("when", lambda: "a minute ago")) == ("just now", "a minute ago")
