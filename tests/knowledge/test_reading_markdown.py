"""Markdown as people write it becomes articles, and nothing that it said is lost on the way."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.exchange.keys import Keys, first_edition, read_keys
from knowledge.exchange.reading import read
from knowledge.problems import Refused
from knowledge.rendering import render
from knowledge.slicing import own
from secdash.checks import CATALOGUE
from tests.knowledge.seed import first_edition as first_edition_file

WORD = re.compile(r"\w+")
TARGET = re.compile(r"(?:https?://|mailto:)[^\s\[\]()<>`\"']+")
NUMBERED = re.compile(r"^[ ]{0,3}#{1,6}[ \t]*(?:[IVXLC]+|[A-Za-z]|\d+)[.)][ \t]+(?=\S)", re.MULTILINE)
ITEM = re.compile(r"^[ \t]*(?:[-*+•]|\d+[.)])[ \t]+(\S.*)$", re.MULTILINE)


def one(text, **options):
    """The one article of a text, without its metadata."""
    (article,) = read(text, name="notes", **options).articles
    return article.body.split("---\n", 2)[2].strip()


def everything(reading):
    return "\n".join(article.body for article in reading.articles)


def lost(text, reading):
    """Words and link targets that stood in the text more often than they do in the articles."""
    given = NUMBERED.sub("", text)
    out = everything(reading)
    return (Counter(WORD.findall(given)) - Counter(WORD.findall(out))) + (
        Counter(TARGET.findall(given)) - Counter(TARGET.findall(out))
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("##Title", "## Title {#title}"),
        ("##\tTitle\twith tabs", "## Title with tabs {#title-with-tabs}"),
        ("  ## Title ##", "## Title {#title}"),
        ("## Title {#named}", "## Title {#named}"),
        ("## L’été où tout a commencé", "## L’été où tout a commencé {#l-ete-ou-tout-a-commence}"),
        ("## 1.2 Memory", "## 1.2 Memory {#memory}"),
        ("## `docker` *run*", "## `docker` *run* {#docker-run}"),
        ("## 2026", "## 2026 {#s-2026}"),
    ],
)
def test_a_heading_gets_its_space_and_its_anchor(typed, kept):
    assert one(f"# A\n\n{typed}\n\nText.") == f"{kept}\n\nText."


def test_an_underlined_line_is_a_heading():
    assert one("A\n=====\n\nText.\n\nMore\n----\n\nText.") == "Text.\n\n## More {#more}\n\nText."


def test_levels_follow_one_another_without_a_gap():
    assert "## B {#b}\n\n### C {#c}\n\n## D {#d}" in one("# A\n\n#### B\n\n###### C\n\n### D")


def test_titles_that_come_twice_get_anchors_of_their_own_and_the_same_ones_again():
    text = "# A\n\n## Why\n\n## Why\n\n## Why {#why}\n"

    assert re.findall(r"\{#(.*?)\}", one(text)) == ["why", "why-2", "why-3"]
    assert one(text) == one(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("See [https://e.org/a](the docs).", "See [the docs](https://e.org/a)."),
        ("See [the docs] (https://e.org/a).", "See [the docs](https://e.org/a)."),
        ("See (the docs)[https://e.org/a].", "See [the docs](https://e.org/a)."),
        ("See [https://e.org](https://e.org/a).", "See [https://e.org](https://e.org/a)."),
        ("See `[https://e.org/a](the docs)`.", "See `[https://e.org/a](the docs)`."),
        ('See <a href="https://e.org">the docs</a>.', "See [the docs](https://e.org)."),
        ("<cite>Somebody</cite>, <b>bold</b>", "*Somebody*, **bold**"),
        ("`run –cap-drop=ALL -e A=”b”`", '`run --cap-drop=ALL -e A="b"`'),
        ("He said “no” – twice.", "He said “no” – twice."),
        ("`a` b `c`", "`a` b `c`"),
        ("Use `docker run `here.", "Use `docker run` here."),
        ("Text:\n* a\n * b\n* c", "Text:\n\n* a\n    * b\n* c"),
        ("• a\n• b", "- a\n- b"),
        ("1) a\n2) b", "1. a\n2. b"),
        ("-\ta\n\n  more of a\n\nafter", "- a\n\n    more of a\n\nafter"),
        ("In\n1986. A year.", "In\n1986. A year."),
        ("    * code", "    * code"),
        ("Name ---> Kind\nPID\t---> a|b  ", "| Name | Kind |\n|---|---|\n| PID | a\\|b |"),
        ("a --> b", "a --> b"),
        ("```\n* a --> b\n##c\n```", "```\n* a --> b\n##c\n```"),
        ("#!/bin/sh", "\\#!/bin/sh"),
        ("::: note", " ::: note"),
    ],
)
def test_what_people_type_becomes_what_the_renderer_reads(typed, kept):
    assert one(f"# A\n\nLead.\n\n{typed}") == f"Lead.\n\n{kept}"


@pytest.mark.parametrize(
    ("typed", "line", "why"),
    [
        ("<marquee>x</marquee>", 3, "HTML"),
        ("::: note", 3, "directive"),
        ("![](x.png)", 3, "no words"),
        ("![a](https://e.org/x.png)", 3, "other sites"),
        ("an `open mark", 3, "not closed"),
        ("[x](#nowhere)", 3, "leads nowhere"),
        ("```\nx", 3, "never closed"),
        ("##", 3, "without words"),
        ("1. a\n2.", 4, "empty"),
    ],
)
def test_what_is_not_understood_is_named_with_its_line_and_stays(typed, line, why):
    reading = read(f"# A\n\n{typed}\n", name="notes")

    assert [kept.line for kept in reading.kept if why in str(kept.why)] == [line]
    assert not lost(typed, reading)


def test_changes_name_the_line_of_the_original():
    (change, *_rest) = [one for one in read("\n\n#A\n\n\nx\n\n##B\n", name="n").changes if one.kind == "heading"]

    assert (change.line, change.before, change.after) == (8, "##B", "## B")


def test_of_a_long_line_the_place_that_changed_is_shown():
    long = "word " * 100
    (change,) = [one for one in read(f"# A\n\n{long}[https://e.org](here)", name="n").changes if one.kind == "link"]

    assert change.before.startswith("…")
    assert change.before.endswith("word [https://e.org](here)")
    assert change.after.endswith("word [here](https://e.org)")


def test_metadata_of_others_is_kept_and_ours_is_used():
    reading = read("---\ntitle: Mine\norder: 7\ntags: [a, b]\n---\n\nText of it. More.\n", name="notes")

    (article,) = reading.articles
    assert (article.key, article.meta.title, article.meta.order) == ("notes", "Mine", 7)
    assert article.meta.summary == "Text of it."
    assert "````yaml\ntags: [a, b]\n````" in article.body
    assert [kept.line for kept in reading.kept] == [4]


def test_an_article_in_the_guides_own_form_is_taken_as_it_stands():
    body = "---\ntitle: T\norder: 7\npart: I\nsummary: S.\n---\n\n##No space\n* a\n\n\n\n"

    (article,) = read(body.replace("\n", "\r\n"), name="cgroups").articles

    assert (article.key, article.body) == ("cgroups", body)


def test_titles_that_look_quoted_are_read_back_as_they_were():
    (article,) = read('# "Root"\n\nText.\n', name="n").articles

    assert render(article.body, checks=()).meta.title == '"Root"'


LETTERED = (
    "#Doc\n\n##I.\tOne\nAbout one.\n###A.\tFirst\nText.\n###B.\tSecond\n#####1.\tDeep\n"
    "##II.\tTwo\n###A.\tThird\n##End\n"
)


def test_lettered_parts_become_articles_and_what_holds_them_opens_the_next():
    reading = read(LETTERED, name="n")

    assert [(one.key, one.meta.part, one.meta.order) for one in reading.articles] == [
        ("first", "I", 110),
        ("second", "I", 120),
        ("third", "II", 210),
        ("end", "", 310),
    ]
    assert reading.articles[0].body.endswith("*Doc*\n\n*I. One*\n\nAbout one.\n\nText.\n")
    assert "## 1. Deep {#deep}" in reading.articles[1].body
    assert not lost(LETTERED, reading)


def test_a_level_can_be_chosen():
    assert [one.key for one in read(LETTERED, name="n", split="2").articles] == ["one", "two", "end"]


def test_a_level_that_is_not_there_is_said():
    with pytest.raises(Refused, match="no headings of level 5"):
        read("# A\n", name="n", split="5")
    with pytest.raises(Refused, match="numbered A, B, C"):
        read("# A\n", name="n", split="letters")


def test_keys_name_sections_by_number_by_title_or_by_both():
    keys = read_keys("# mine\nI.A = one\nII.A Third = three\nII.A Other = no\nEnd = last\n")

    assert [one.key for one in read(LETTERED, name="n", keys=keys).articles] == ["one", "second", "three", "last"]
    assert [one.key for one in read(LETTERED, name="n", keys=keys, split="keys").articles] == ["one", "three", "last"]


@pytest.mark.parametrize("text", ["I.A", "= x", "I.A = Not A Key", "I.A = " + "k" * 81])
def test_keys_that_are_none_are_said(text):
    with pytest.raises(Refused, match="Line 2"):
        read_keys(f"\n{text}\n")


def test_links_between_sections_follow_them_into_their_articles():
    text = "# A\n\n[up](#b-here)\n\n[down](#deep)\n\n## Deep\n\n# B here\n\n[back](#deep) and [self](#b-here)\n"
    first, second = read(text, name="n").articles

    assert "[up](b-here.md)" in first.body
    assert "[down](#deep)" in first.body
    assert "[back](a.md#deep) and [self](b-here.md)" in second.body


def test_references_and_notes_go_with_those_who_use_them():
    text = "# A\n\n[x][ref] and a note[^1].\n\n# B\n\n[y][ref]\n\n[ref]: https://e.org\n[^1]: Said\n    so.\n"
    first, second = read(text, name="n").articles

    assert first.body.endswith("[^1]: Said\n    so.\n\n[ref]: https://e.org\n")
    assert second.body.count("[ref]: https://e.org") == 1


def test_an_article_that_is_too_long_is_continued_in_another():
    sections = "".join(f"## S{n}\n\n{'word ' * 3000}\n\n" for n in range(12))
    reading = read(f"# Long\n\n{sections}", name="n")

    assert [one.key for one in reading.articles] == ["long", "long-2", "long-3"]
    assert [one.meta.title for one in reading.articles][1] == "Long (2)"
    assert all(render(one.body, checks=()).problems == () for one in reading.articles)
    assert not lost(sections, reading)


LINES = st.one_of(
    st.sampled_from(
        [
            *("", "", "#A", "##\tI. One", "###B.\tTwo", "######x", "#######y", "##", "Under", "-----", "====", "---"),
            *("* a", " * b", "    * c", "-\td", "1) e", "2. f", "• g", "  h", "\ti", "> j", "| k | l |"),
            *("m ---> n", "o --> p", "[https://e.org/q](r)", "[s](#a)", "[t][u]", "[u]: https://e.org/v", "[^w]: x"),
            *("```sh", "```", "~~~", "`y –z`", "`open", "<b>bold</b>", "<i>", "![](p.png)", "::: check no", "::: z"),
            *("title: T", "tags: t", "A *b* “c” [^w]", "#!run", "C#", "1986. x", "***", "a<br>"),
        ]
    ),
    st.text(alphabet="ab #*-`[]()|>1.:é’\t", max_size=12),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=25), st.sampled_from(["auto", "keys"]))
def test_no_word_and_no_address_is_lost_whatever_was_typed(lines, split):
    text = "\n".join(lines)
    reading = read(text, name="notes", split=split)

    assert not lost(BREAKS.sub("", text), reading)
    assert [one.key for one in reading.articles] == list(dict.fromkeys(one.key for one in reading.articles))


# Tags that have a word in Markdown are written as that.
BREAKS = re.compile(r"</?(?:br?|i)>")


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=9), st.lists(LINES.filter(lambda line: "`" not in line), max_size=9))
def test_no_line_of_code_is_touched(before, code):
    text = "\n".join([*(line for line in before if "`" not in line and "~" not in line), "", "```", *code, "```"])
    out = everything(read(text, name="notes"))

    assert "\n".join(["```", *(line.strip() for line in code), "```"]) in "\n".join(
        line.strip() for line in out.split("\n")
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=9), st.text(alphabet="yz ’", min_size=1).map(str.strip).filter(bool))
def test_no_item_of_a_list_is_lost(before, item):
    text = "\n".join(
        [*(line for line in before if "`" not in line and "~" not in line), "", f"*\t{item}", f" 1)  {item}"]
    )
    out = everything(read(text, name="notes"))

    assert len(re.findall(rf"^ *\* {re.escape(item)}$", out, re.MULTILINE)) == 1
    assert len(re.findall(rf"^ *1\. {re.escape(item)}$", out, re.MULTILINE)) == 1


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=25))
def test_what_was_read_once_is_read_again_as_it_stands(lines):
    for article in read("\n".join(lines), name="notes").articles:
        (again,) = read(article.body, name=article.key).articles
        assert again.body == article.body


@pytest.mark.parametrize(
    ("text", "why"),
    [("x" * 20_001, "Line 1 is too long"), ("# x\n" * 5_001, "too many headings")],
)
def test_a_text_that_would_only_cost_time_is_refused(text, why):
    with pytest.raises(Refused, match=why):
        read(text, name="n")


@pytest.mark.skipif(first_edition_file() is None, reason="the first edition is not on this machine")
def test_the_first_edition_keeps_every_word_link_item_and_piece_of_code():
    text = first_edition_file().read_text(encoding="utf-8")
    reading = read(text, name="securite-docker")
    out = everything(reading)

    assert not lost(re.sub("</?cite>", "", text), reading)
    for item in ITEM.findall(text):
        assert re.search(rf"^ *(?:[*-]|\d+\.) {re.escape(item.strip())} *$", out, re.MULTILINE), item
    for code in re.findall(r"`([^`\n]+)`", text):
        assert f"`{re.sub('[”″]', chr(34), code).replace('–', '--').rstrip()}`" in out
    assert {kept.line for kept in reading.kept} == {291, 293, 412, 456}  # three empty sections, one empty item
    assert reading.account.counts()["table"] == 7
    assert all(render(one.body, checks=CATALOGUE).problems == () for one in reading.articles)


def test_every_article_has_metadata_and_anchors_that_can_be_published():
    text = "# A\n\n## x\n\n## x\n\n### {#x}\n\ntext\n"
    (article,) = read(text, name="n").articles

    assert render(article.body, checks=CATALOGUE).problems == ()
    assert len(own(article.body)) == 4


def test_the_default_keys_can_be_read():
    assert first_edition() != Keys()
