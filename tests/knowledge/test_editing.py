"""The editor's page: drafts, sections, what is refused, and texts that are never lost."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from knowledge import proposing
from knowledge.models import Article, Proposal
from knowledge.services import publish
from secdash.accounts.roles import Role
from tests.cast import PASSWORD, a_member, signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db

TEXT = "## Memory {#memory}\n\nText.\n\n::: check no-memory-limit\n\n## Other {#other}\n\nMore.\n"
EDITORS = [Role.CONTRIBUTOR, Role.REVIEWER, Role.OPERATOR, Role.ADMINISTRATOR]
AS_JSON = {"accept": "application/json"}


@pytest.fixture
def article():
    return a_published_article(TEXT)


def url(name="article-edit", *more):
    return reverse(name, args=more or ["en", "limits"])


def page(response, status=200):
    assert response.status_code == status
    return html.unescape(response.content.decode())


def unmarked(shown):
    return re.sub(r"</?mark>", "", shown)


def fields(body, **more):
    return {"body": body, "edits": 0, "base": 1, "summary": "Said better", "act": "save", **more}


def post(body, *, role=Role.CONTRIBUTOR, to=None, headers=None, **more):
    return signed_in(role).post(to or url(), fields(body, **more), headers=headers or {})


def a_draft(article, text="Mine.\n", role=Role.CONTRIBUTOR):
    proposal = proposing.start(article, by=a_member(role), at=NOON)
    return proposing.save(proposal, body=a_body(text), summary="Said better", edits=0, at=NOON).proposal


def publish_theirs(article, text="Theirs.\n"):
    return publish(
        article, body=a_body(text), author=a_member(Role.REVIEWER), summary="", base=article.published, at=NOON
    )


# --- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", EDITORS)
def test_whoever_may_propose_saves_a_draft_and_nothing_goes_live(article, role):
    response = post(a_body("All new."), role=role)

    proposal = Proposal.objects.get()
    assert response.url == url("proposal-edit", proposal.pk)
    assert (proposal.body, proposal.state, proposal.author.role) == (a_body("All new."), "draft", role)
    assert article.revisions.count() == 1


def test_a_viewer_neither_sees_the_editor_nor_saves(article):
    client = signed_in(Role.VIEWER)

    assert client.get(url()).status_code == 403
    assert client.post(url("article-preview", "en", "limits"), {"body": "x"}).status_code == 403
    assert client.get(url("article-editors", "en", "limits")).status_code == 403
    assert post(a_body("x"), role=Role.VIEWER).status_code == 403
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("name", ["proposal-edit", "proposal-save", "proposal-send", "proposal-withdraw"])
def test_a_draft_is_its_authors_alone(article, name):
    proposal = a_draft(article)
    method = "get" if name == "proposal-edit" else "post"

    for role in (Role.VIEWER, Role.REVIEWER, Role.ADMINISTRATOR):
        assert getattr(signed_in(role), method)(url(name, proposal.pk), fields("x")).status_code == 403
    proposal.refresh_from_db()
    assert (proposal.body, proposal.state) == (a_body("Mine.\n"), "draft")
    assert signed_in(Role.CONTRIBUTOR).get(url("proposal-edit", 999)).status_code == 404


@pytest.mark.parametrize(("section", "fragment"), [("", ""), ("a", "#a"), ('"><script>', "#%22%3E%3Cscript%3E")])
def test_who_published_a_section_is_led_back_to_it(article, section, fragment):
    answer = post(a_body("Live."), role=Role.REVIEWER, act="publish", section=section)

    assert answer.url == "/guide/en/limits/" + fragment


def test_who_published_a_new_article_is_led_to_it(db):
    begun = Article.objects.create(language="en", key="fresh")
    proposal = proposing.start(begun, by=a_member(Role.REVIEWER), at=NOON)

    answer = post(a_body("New."), role=Role.REVIEWER, to=url("proposal-send", proposal.pk), act="publish")

    assert answer.url == "/guide/en/fresh/"
    page(signed_in(Role.VIEWER).get(answer.url))


def test_the_proposal_of_a_section_is_edited_by_section(article):
    proposal = proposing.start(article, by=a_member(Role.CONTRIBUTOR), at=NOON, anchor="a")

    shown = page(signed_in(Role.CONTRIBUTOR).get(url("proposal", proposal.pk)))

    assert f'href="/guide/proposals/{proposal.pk}/edit/?section=a"' in shown


@pytest.mark.parametrize("role", EDITORS)
def test_only_who_may_publish_does(article, role):
    may = role in (Role.REVIEWER, Role.ADMINISTRATOR)
    shown = page(signed_in(role).get(url()))
    assert ('value="publish"' in shown, "Goes live after review" in shown) == (may, not may)

    post(a_body("Live."), role=role, act="publish")

    article.refresh_from_db()
    assert ("Live." in article.published.body) == may
    assert Proposal.objects.get().state == ("published" if may else "draft")


# --- writing --------------------------------------------------------------------------------------------------------


def test_looking_at_the_editor_makes_no_draft(article):
    shown = page(signed_in(Role.CONTRIBUTOR).get(url()))

    assert "::: check no-memory-limit" in shown
    assert "data-unsaved" in shown
    assert not Proposal.objects.exists()


def test_the_editor_leads_on_to_the_draft_that_stands(article):
    proposal = a_draft(article)
    client = signed_in(Role.CONTRIBUTOR)

    assert client.get(url() + "?section=memory").url == url("proposal-edit", proposal.pk) + "?section=memory"
    assert "Mine." in page(client.get(url("proposal-edit", proposal.pk)))


def test_a_section_is_edited_alone_and_saved_into_the_whole(article):
    shown = page(signed_in(Role.CONTRIBUTOR).get(url() + "?section=memory"))
    area = re.search(r"<textarea.*?>\n(.*?)</textarea>", shown, re.DOTALL)[1]
    hidden = {name: re.search(rf'name="{name}" value="(.*?)"', shown, re.DOTALL)[1] for name in ("before", "after")}
    assert area == "## Memory {#memory}\n\nText.\n\n::: check no-memory-limit\n\n"
    assert '<h2 id="memory">' in shown
    assert '<h2 id="other">' not in shown

    post(area.replace("Text.", "Better.").replace("\n", "\r\n"), section="memory", **hidden)

    proposal = Proposal.objects.get()
    assert proposal.body == a_body(TEXT.replace("Text.", "Better."))
    assert proposal.anchor == "memory"


def test_saving_by_itself_answers_with_the_count_and_the_addresses(article):
    first = post(a_body("One."), headers=AS_JSON).json()
    second = post(a_body("Two."), to=first["urls"]["save"], edits=first["edits"], headers=AS_JSON).json()

    assert (first["edits"], second["edits"]) == (1, 2)
    assert Proposal.objects.get().body == a_body("Two.")


def test_two_tabs_never_overwrite_each_other(article):
    first = post(a_body("First tab."), headers=AS_JSON)
    second = post(a_body("Second tab."), headers=AS_JSON)

    assert (first.status_code, second.status_code) == (200, 409)
    shown = page(signed_in(Role.CONTRIBUTOR).get(second.json()["kept_url"]))
    assert "First tab." in shown
    assert "Second tab." in unmarked(shown)
    assert "Use this text instead" in shown


def test_without_a_script_the_second_tab_is_led_to_both_texts(article):
    proposal = a_draft(article)

    response = post(a_body("Second tab."), to=url("proposal-save", proposal.pk))

    assert response.url == url("proposal-edit", proposal.pk) + "?kept=1"
    signed_in(Role.CONTRIBUTOR).post(url("proposal-save", proposal.pk), {"take": 1})
    proposal.refresh_from_db()
    assert proposal.body == a_body("Second tab.")
    assert proposal.texts.last().body == a_body("Mine.\n")


@pytest.mark.parametrize("take", [9, "x"])
def test_taking_a_text_that_is_not_there_changes_nothing(article, take):
    proposal = a_draft(article)

    response = signed_in(Role.CONTRIBUTOR).post(url("proposal-save", proposal.pk), {"take": take, **fields("")})

    assert response.status_code in (302, 404)
    proposal.refresh_from_db()
    assert a_body("Mine.\n") in {proposal.body, *proposal.texts.values_list("body", flat=True)}


def test_line_ends_of_browsers_and_null_characters_are_not_kept(article):
    post(a_body("Mine.\0\n").replace("\n", "\r\n"))

    assert Proposal.objects.get().body == a_body("Mine.\n")


def test_a_text_that_is_too_long_to_publish_is_saved_all_the_same(article):
    long = a_body("word " * 20_000)

    assert "too long" in page(post(long, act="send"), 422)
    proposal = Proposal.objects.get()
    assert proposal.body == long
    for query in ("", "?section=memory", "?kept=1"):
        assert long in page(signed_in(Role.CONTRIBUTOR).get(url("proposal-edit", proposal.pk) + query))


# --- sending --------------------------------------------------------------------------------------------------------


def test_a_sent_text_waits_for_review(article):
    response = post(a_body("Mine."), act="send")

    assert response.status_code == 302
    assert Proposal.objects.in_review().get().body == a_body("Mine.")
    assert article.revisions.count() == 1
    assert "It waits for review" in page(
        signed_in(Role.CONTRIBUTOR).get(url("proposal-edit", Proposal.objects.get().pk))
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (a_body("## A {#a}\n\n::: check nobody-knows\n\nMine.\n"), "no check named “nobody-knows”"),
        (a_body("Mine.\n\n" + ">" * 50), "nested too deeply"),
        ("Mine.", "must begin with its metadata"),
        (a_body(TEXT), "Nothing is changed yet"),
    ],
)
@pytest.mark.parametrize("act", ["send", "publish"])
def test_problems_keep_a_text_from_being_sent_but_not_from_being_saved(article, body, words, act):
    shown = page(post(body, act=act, role=Role.REVIEWER), 422)

    assert words in shown
    assert body.strip() in shown
    proposal = Proposal.objects.get()
    assert (proposal.body, proposal.state) == (body, "draft")
    assert f'name="edits" value="{proposal.edits}"' in shown
    assert article.revisions.count() == 1


def test_a_summary_is_asked_for_and_the_text_kept(article):
    shown = page(post(a_body("Mine."), act="send", summary=" "), 422)

    assert "This field is required." in shown
    assert "Mine." in shown
    assert Proposal.objects.get().state == "draft"


def test_a_summary_that_is_too_long_comes_back_with_the_text(article):
    shown = page(post(a_body("Mine."), summary="x" * 201), 422)

    assert "at most 200 characters" in shown
    assert "Mine." in shown


def test_who_publishes_second_is_led_to_the_merge_with_the_text_saved(article):
    proposal = a_draft(article, role=Role.REVIEWER)
    publish(article, body=a_body("Theirs."), author=None, summary="", base=article.published, at=NOON)

    response = post(a_body("Mine."), to=url("proposal-send", proposal.pk), edits=1, act="publish", role=Role.REVIEWER)

    assert response.url == url("proposal-merge", proposal.pk)
    proposal.refresh_from_db()
    assert (proposal.body, proposal.state) == (a_body("Mine."), "draft")
    assert "was published since you began" in page(signed_in(Role.REVIEWER).get(url("proposal-edit", proposal.pk)))


def test_a_text_begun_before_others_published_keeps_its_base(article):
    publish_theirs(article)

    post(a_body("Mine."), base=1)

    assert Proposal.objects.get().base.number == 1


@pytest.mark.parametrize("base", [77, "", "x", -1, "²"])
def test_a_base_that_never_was_loses_no_text(article, base):
    response = post(a_body("Mine."), base=base)

    kept = Proposal.objects.filter(body=a_body("Mine.")).exists() or "Mine." in page(response, 422)
    assert kept


def test_what_comes_after_the_end_is_kept_and_begins_a_new_draft(article):
    proposal = proposing.withdraw(a_draft(article), by=a_member(Role.CONTRIBUTOR), at=NOON)

    response = post(a_body("Late."), to=url("proposal-save", proposal.pk), edits=1)

    assert response.url == url("proposal-edit", proposal.pk) + "?kept=1"
    shown = page(signed_in(Role.CONTRIBUTOR).get(response.url))
    assert "Late." in shown
    assert "begins a new draft" in shown
    assert f'action="{url()}"' in shown


def test_withdrawing_keeps_the_text_and_happens_once(article):
    proposal = a_draft(article)
    client = signed_in(Role.CONTRIBUTOR)

    assert client.post(url("proposal-withdraw", proposal.pk)).status_code == 302
    assert "come to its end" in page(client.post(url("proposal-withdraw", proposal.pk), follow=True))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.body) == ("withdrawn", a_body("Mine.\n"))


# --- the preview ----------------------------------------------------------------------------------------------------


def previewed(body, **more):
    return page(signed_in(Role.CONTRIBUTOR).post(url("article-preview", "en", "limits"), {"body": body, **more}))


def test_the_preview_renders_as_the_article_will(article):
    shown = previewed(a_body(TEXT + "<script>x</script>"))

    assert '<h2 id="memory">' in shown
    assert 'hx-get="/live/no-memory-limit/?lang=en"' in shown
    assert 'data-lines="memory:10 other:16"' in shown
    assert "<html" not in shown
    raw = signed_in(Role.CONTRIBUTOR).post(url("article-preview", "en", "limits"), {"body": a_body("<script>")})
    assert b"<script" not in raw.content


def test_the_preview_names_problems_with_the_line_in_the_text_that_is_edited(article):
    directive = "## A {#a}\n\n::: check nobody-knows\n"

    assert "line 12" in previewed(a_body(directive))
    assert 'data-line="3"' in previewed(directive, before=a_body("Before.\n"), section="a")


def test_the_preview_says_why_it_refuses():
    a_published_article()

    assert "nested too deeply" in previewed(">" * 20_000)


def test_the_preview_warns_of_checks_and_links_that_would_be_lost(article):
    shown = previewed(a_body("## Memory {#memory}\n"))

    assert "A check loses its only section" in shown
    assert "<code>no-memory-limit</code>" in shown
    assert "<code>#other</code>" in shown
    assert "loses its only section" not in previewed(a_body(TEXT))


def test_the_editor_offers_the_catalogue(article):
    shown = page(signed_in(Role.CONTRIBUTOR).get(url()))

    assert '{"name": "no-memory-limit", "title": "' in shown


def test_only_the_editors_page_lets_one_style_in(article):
    client = signed_in(Role.CONTRIBUTOR)

    assert "style-src 'self' 'nonce-" in client.get(url())["content-security-policy"]
    assert "nonce" not in client.get(reverse("article", args=["en", "limits"]))["content-security-policy"]


# --- sessions that ended --------------------------------------------------------------------------------------------


def hidden_fields(shown):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', shown, re.DOTALL))


@pytest.mark.parametrize("name", ["article-edit", "proposal-save", "proposal-send"])
def test_a_text_sent_by_somebody_signed_out_is_there_after_signing_in(article, name):
    a_member(Role.CONTRIBUTOR)
    proposal = a_draft(article) if name != "article-edit" else None
    to = url(name, proposal.pk) if proposal else url()
    back = url("proposal-edit", proposal.pk) if proposal else url()
    typed = fields(a_body("Typed for an hour."), edits=1 if proposal else 0)
    client = Client()

    sent = client.post(to, typed)
    assert (sent.status_code, sent.url) == (307, f"{reverse('login')}?next={quote(back, safe='')}")
    door = page(client.post(sent.url, typed))  # as a browser does on 307
    assert "What you wrote is not lost" in door
    refused = page(client.post(reverse("login"), {**hidden_fields(door), "username": "contributor", "password": "x"}))
    signed = client.post(reverse("login"), {**hidden_fields(refused), "username": "contributor", "password": PASSWORD})

    assert signed.url == back
    shown = page(client.get(back))
    assert "Typed for an hour." in shown
    assert "You were signed out" in shown
    client.post(to, typed)
    assert Proposal.objects.get().body == a_body("Typed for an hour.")
    assert "You were signed out" not in page(client.get(back, follow=True))


def test_what_waits_is_shown_to_nobody_else(article):
    proposal = a_draft(article)
    a_member(Role.REVIEWER)
    client = Client()
    typed = fields(a_body("Typed."), edits=1)
    at_the_door = client.post(url("proposal-save", proposal.pk), typed).url

    client.post(at_the_door, {**typed, "username": "reviewer", "password": PASSWORD})

    assert client.get(url("proposal-edit", proposal.pk)).status_code == 403


def test_a_form_that_is_out_of_date_shows_what_was_sent(article):
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_member(Role.CONTRIBUTOR))
    typed = fields(a_body("Typed <b>for an hour</b>. " * 9))

    ours = client.post(url(), typed, headers={"sec-fetch-site": "same-origin"})
    strange = client.post(url(), typed, headers={"sec-fetch-site": "cross-site"})

    assert "Typed &lt;b&gt;for an hour" in ours.content.decode()
    assert "Typed" not in strange.content.decode()


# --- others ---------------------------------------------------------------------------------------------------------


IN_MEMORY = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "presence"}


def test_whoever_else_has_the_editor_open_is_named(article, settings):
    settings.CACHES = {"default": IN_MEMORY}
    see_each_other(article)


@pytest.mark.services
def test_whoever_else_has_the_editor_open_is_named_across_processes(article, settings, redis_url):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
    see_each_other(article)


def see_each_other(article):
    cache.clear()
    a_member(Role.REVIEWER, first_name="Marie")
    signed_in(Role.REVIEWER).get(url("article-editors", "en", "limits"))
    a_published_article(key="elsewhere")

    assert "Also editing: Marie" in page(signed_in(Role.CONTRIBUTOR).get(url()))
    assert "Also editing" not in page(signed_in(Role.CONTRIBUTOR).get(url("article-editors", "en", "elsewhere")))
    assert "Marie" not in page(signed_in(Role.REVIEWER).get(url("article-editors", "en", "limits")))
    cache.clear()


def test_a_translation_is_written_beside_its_source_with_what_changed_marked(article):
    article.refresh_from_db()
    first = article.published
    french = a_published_article(TEXT, language="fr")
    publish(french, body=a_body("Vieux.\n"), author=None, summary="", base=french.published, follows=first, at=NOON)
    second = publish_theirs(article, TEXT.replace("Text.", "Text that changed."))
    proposal = proposing.start(french, by=a_member(Role.CONTRIBUTOR), at=NOON, follows=second)

    shown = page(signed_in(Role.CONTRIBUTOR).get(url("proposal-edit", proposal.pk)))

    assert "English, version 2" in shown
    assert "since version 1" in shown
    assert re.search(r'<tr class="add">[^\n]*Text that changed\.', unmarked(shown))
    assert "<mark>" in shown


def test_a_translation_that_nobody_published_yet_can_be_written(article):
    french = Article.objects.create(key="limits", language="fr")
    proposal = proposing.start(french, by=a_member(Role.CONTRIBUTOR), at=NOON, follows=article.published)
    client = signed_in(Role.CONTRIBUTOR)

    assert "English, version 1" in page(client.get(url("proposal-edit", proposal.pk)))
    assert "Bonjour." in page(client.post(url("article-preview", "fr", "limits"), {"body": a_body("Bonjour.")}))
    sent = client.post(url("proposal-send", proposal.pk), fields(a_body("Bonjour."), act="send", base=0))
    assert sent.status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "in_review"


# --- two languages --------------------------------------------------------------------------------------------------


def test_an_author_may_say_that_the_other_language_needs_no_change(article):
    french = a_published_article(TEXT, language="fr")
    shown = page(signed_in(Role.REVIEWER).get(url()))
    assert 'name="in_step"' in shown

    post(a_body(TEXT.replace("More.", "Some more.")), role=Role.REVIEWER, act="publish", in_step="on")

    article.refresh_from_db()
    assert article.published.follows == french.published


def test_nobody_can_say_so_where_the_two_languages_are_not_in_step(article):
    a_published_article(TEXT, language="fr")
    publish_theirs(article, TEXT.replace("More.", "Much more."))
    assert 'name="in_step"' not in page(signed_in(Role.REVIEWER).get(url()))

    post(a_body(TEXT.replace("More.", "Some more.")), role=Role.REVIEWER, act="publish", in_step="on", base=2)

    article.refresh_from_db()
    assert (article.published.number, article.published.follows) == (3, None)
