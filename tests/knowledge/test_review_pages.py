"""The queue, the page of a proposal, deciding and commenting, as each person sees them."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

from knowledge import proposing, services
from knowledge.models import Comment, Proposal
from secdash.accounts.roles import Role
from tests.cast import a_member, signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article
from tests.knowledge.proposals import HOUR, STATE, a_proposal

pytestmark = pytest.mark.django_db

TEXT = "## Memory {#memory}\n\nText.\n\n::: check no-memory-limit\n"
BETTER = TEXT.replace("Text.", "Better text.")
LINE = 12  # where “Better text.” stands below its metadata


@pytest.fixture
def article():
    return a_published_article(TEXT)


@pytest.fixture
def proposal(article):
    return a_proposal(article, BETTER)


def page(response, status=200):
    assert response.status_code == status
    return html.unescape(response.content.decode())


def url(proposal, name="proposal", query=""):
    return reverse(name, args=[proposal.pk]) + query


def shown(proposal, role=Role.REVIEWER, query=""):
    return page(signed_in(role).get(url(proposal, query=query)))


def decided(proposal, decision, message="", *, role=Role.REVIEWER, seen=0):
    data = {"decision": decision, "message": message, "seen": seen}
    return signed_in(role).post(url(proposal, "proposal-decide"), data)


def said(proposal, body="Why?", *, role=Role.CONTRIBUTOR, query="", **more):
    return signed_in(role).post(url(proposal, "proposal-comment", query), {"body": body, **more})


# --- the queue ------------------------------------------------------------------------------------------------------


def queue(role=Role.REVIEWER, **query):
    return page(signed_in(role).get(reverse("proposals"), query))


def test_the_queue_shows_who_waits_longest_first(article, proposal):
    other = a_published_article(key="other", title="Other")
    a_proposal(other, "x", summary="Waits longer", at=NOON - HOUR)

    text = queue()

    assert text.index("Waits longer") < text.index("Say it better")


def test_mine_are_listed_apart_and_a_draft_is_its_authors_alone(article):
    a_proposal(article, BETTER, state=STATE.DRAFT, summary="Not ready")

    assert "Not ready" in queue(Role.CONTRIBUTOR, list="mine")
    assert "Not ready" not in queue(Role.REVIEWER, list="mine")
    assert "Not ready" not in queue(Role.REVIEWER)


def test_what_was_decided_is_found_again_and_narrowed_by_state_and_language(article):
    a_proposal(article, BETTER, state=STATE.REJECTED, summary="Refused one")
    french = a_published_article(key="other", language="fr")
    a_proposal(french, BETTER, state=STATE.WITHDRAWN, summary="Given up")

    assert "Refused one" in queue(list="decided")
    assert "Refused one" not in queue(list="decided", language="fr")
    assert "Given up" not in queue(list="decided", state="rejected")
    assert "matches the filter" in queue(list="decided", state="published")


@pytest.mark.parametrize(
    ("name", "words"),
    [("waiting", "Nothing waits"), ("mine", "not proposed anything"), ("decided", "Nothing was decided")],
)
def test_each_empty_list_says_what_would_stand_there(name, words):
    assert words in queue(list=name)


def test_a_viewer_is_not_offered_the_queue(article, proposal):
    client = signed_in(Role.VIEWER)

    assert client.get(reverse("proposals")).status_code == 403
    assert client.get(url(proposal)).status_code == 403
    assert reverse("proposals") not in page(client.get("/guide/en/"))
    assert reverse("proposals") in page(signed_in(Role.CONTRIBUTOR).get("/guide/en/"))


# --- one proposal ---------------------------------------------------------------------------------------------------


def test_the_page_shows_the_change_its_checks_and_its_story(proposal):
    text = shown(proposal)

    assert "<ins>Better text</ins>." in text
    assert "<del>Text</del>" in text
    assert "Based on the published version" in text
    assert "The anchor is kept" in text
    assert "The check block is kept" in text
    assert "Please look" in text
    assert "Approve and publish" in text


@pytest.mark.parametrize("view", ["side", "unified", "rendered", "preview", "nonsense"])
def test_each_view_shows_the_new_words(proposal, view):
    assert "Better" in shown(proposal, query=f"?view={view}")


def test_somebody_elses_draft_is_not_there(article):
    draft = a_proposal(article, BETTER, state=STATE.DRAFT)

    assert signed_in(Role.REVIEWER).get(url(draft)).status_code == 404
    assert "draft" in shown(draft, Role.CONTRIBUTOR)


def test_while_the_author_amends_others_read_what_was_sent(article):
    proposal = a_proposal(article, BETTER, state=STATE.CHANGES_ASKED)
    Proposal.objects.filter(pk=proposal.pk).update(body=a_body("Half a sent"))

    assert "Half a sent" not in shown(proposal)
    assert "Better" in shown(proposal)
    assert "Half a sent" in shown(proposal, Role.CONTRIBUTOR)


def test_what_the_change_would_break_is_said(article):
    a_published_article(TEXT.replace("no-memory-limit", "no-cpu-limit"), language="fr")
    body = "## New {#new}\n\nSee [there](nothing.md) and [here](#new) and [old](#memory).\n\n::: check nobody-knows\n"

    text = shown(a_proposal(article, body))

    assert "The anchor “#memory” is lost" in text
    assert "The check “no-memory-limit” would lose its only section" in text
    assert "The link “nothing.md” leads nowhere" in text
    assert "The link “#memory” leads nowhere" in text
    assert "“#new” leads nowhere" not in text
    assert "no check named “nobody-knows”" in text
    assert "French will be one version behind" in text


def test_when_the_published_version_moved_on_both_comparisons_are_offered(article, proposal):
    theirs = a_member(Role.OPERATOR)
    services.publish(
        article, body=a_body(TEXT + "Theirs.\n"), author=theirs, summary="", base=article.published, at=NOON
    )

    now, base = shown(proposal), shown(proposal, query="?against=base")

    assert "The published version moved on" in now
    assert "Theirs." in now
    assert "Theirs." not in base
    assert 'value="publish"' not in now
    assert 'value="ask"' in now
    assert "Better" in base


def test_a_page_of_a_proposal_costs_few_queries(proposal, django_assert_max_num_queries):
    client = signed_in(Role.REVIEWER)
    for number in range(5):
        said(proposal, f"Comment {number}", line=LINE, quote="Better text.")

    with django_assert_max_num_queries(30):
        client.get(url(proposal))


# --- deciding -------------------------------------------------------------------------------------------------------


def test_publishing_from_the_page(article, proposal):
    response = decided(proposal, "publish", "Thanks")

    assert response.url == url(proposal)
    text = shown(proposal)
    assert "published as version 2" in text
    assert "Better text." in page(signed_in().get("/guide/en/limits/"))


@pytest.mark.parametrize("decision", ["ask", "reject"])
def test_without_a_reason_the_decision_comes_back(proposal, decision):
    text = page(decided(proposal, decision, " "), 422)

    assert "Say why" in text
    assert f'value="{decision}" required checked' in text


def test_the_message_is_kept_when_the_text_was_amended_meanwhile(proposal):
    Proposal.objects.filter(pk=proposal.pk).update(edits=1)

    text = page(decided(proposal, "ask", "My long message"), 409)

    assert "was amended after you opened this page" in text
    assert "My long message" in text
    assert 'name="seen" value="1"' in text


def test_who_comes_second_is_told_who_was_faster(proposal):
    decided(proposal, "reject", "No", role=Role.ADMINISTRATOR)

    text = page(decided(proposal, "publish"), 409)

    assert "administrator was faster: this proposal is rejected now" in text


def test_a_moved_base_is_told(article, proposal):
    services.publish(article, body=a_body("Theirs."), author=None, summary="", base=article.published, at=NOON)

    assert "bring the proposal up to date first" in page(decided(proposal, "publish"), 409)


def test_a_text_with_problems_is_told(article):
    proposal = a_proposal(article, "## A {#a}\n\n::: check nobody-knows\n")

    assert "problems that keep it from being published" in page(decided(proposal, "publish"), 422)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.OPERATOR])
def test_who_may_not_publish_is_offered_no_decision_and_makes_none(proposal, role):
    assert decided(proposal, "publish", role=role).status_code == 403
    proposal.refresh_from_db()
    assert proposal.state == STATE.IN_REVIEW
    if role != Role.VIEWER:
        assert "Your review" not in shown(proposal, role)


def test_a_reviewers_own_proposal_says_why_it_may_be_published(article):
    mine = a_proposal(article, BETTER, author=a_member(Role.REVIEWER))

    text = shown(mine)

    assert "This is your own proposal" in text
    assert 'value="reject"' not in text


def test_nonsense_for_a_decision_is_refused(proposal):
    page(decided(proposal, "burn"), 422)
    page(decided(proposal, "publish", seen="x"), 422)


# --- comments by line -----------------------------------------------------------------------------------------------


def test_a_comment_stands_at_its_line_and_is_answered(proposal):
    assert "Comment on line 12" in shown(proposal, query=f"?line={LINE}")
    response = said(proposal, "Why better?", line=LINE, quote="Better text.", role=Role.REVIEWER)
    thread = Comment.objects.get()
    said(proposal, "Because.", thread=thread.pk)

    text = shown(proposal)

    assert response.url.endswith(f"#C{thread.pk}")
    assert text.index(f'id="L{LINE}"') < text.index("Why better?") < text.index("Because.") < text.index('id="p-talk"')


def test_a_comment_follows_its_line_when_the_text_is_amended(proposal):
    said(proposal, "Why?", line=LINE, quote="Better text.")
    at, author = NOON + HOUR, proposal.author
    body = a_body("One more line.\n\n" + BETTER)
    proposing.save(proposal, body=body, summary="Say it better", edits=0, at=at)
    proposing.send(proposal, by=author, at=at)

    text = shown(proposal)

    assert text.index(f'id="L{LINE + 2}"') < text.index("Why?") < text.index(f'id="L{LINE + 3}"')


def test_a_comment_on_a_line_that_is_gone_says_so(proposal):
    said(proposal, "Why?", line=LINE, quote="Better text.")
    Proposal.objects.filter(pk=proposal.pk).update(body=a_body(TEXT))

    text = shown(proposal)

    assert text.index("On a line that is gone:") < text.index("Better text.") < text.index("Why?")


def test_a_comment_on_a_line_that_went_while_it_was_written_comes_back(proposal):
    text = page(said(proposal, "My words", line=3, quote="was here"), 422)

    assert "My words</textarea>" in text
    assert "line was changed meanwhile" in text
    assert not Comment.objects.exists()


@pytest.mark.parametrize("body", ["", "   ", "x" * 4001])
def test_a_comment_without_words_or_with_too_many_is_not_kept_and_not_lost(proposal, body):
    text = page(said(proposal, body, line=LINE, quote="Better text."), 422)

    assert not Comment.objects.exists()
    assert body.strip() in text
    assert "Comment on line 12" in text


def test_comments_are_plain_text(proposal):
    said(proposal, "<script>alert(1)</script>\nsee https://example.org/x javascript:alert(1)")

    raw = signed_in(Role.REVIEWER).get(url(proposal)).content.decode()

    assert "<script>alert" not in raw
    assert '<a href="https://example.org/x" rel="nofollow">' in raw
    assert 'href="javascript' not in raw


@pytest.mark.parametrize(("role", "may"), [(Role.REVIEWER, True), (Role.CONTRIBUTOR, True), (Role.OPERATOR, False)])
def test_resolving_is_for_whom_it_concerns(proposal, role, may):
    said(proposal, "Why?", role=Role.ADMINISTRATOR)
    thread = Comment.objects.get()
    settle = {"thread": thread.pk, "settle": "resolve"}

    response = signed_in(role).post(url(proposal, "proposal-comment"), settle)

    thread.refresh_from_db()
    assert response.status_code == (302 if may else 403)
    assert (thread.resolved_by == a_member(role)) == may
    if may:
        assert f"Resolved by {role}" in shown(proposal, role)
        signed_in(role).post(url(proposal, "proposal-comment"), {**settle, "settle": "reopen"})
        thread.refresh_from_db()
        assert thread.resolved_at is None


@pytest.mark.parametrize("thread", ["999", "x", "", "9" * 40])
def test_a_thread_that_is_not_there_is_not_found(proposal, thread):
    response = signed_in(Role.REVIEWER).post(url(proposal, "proposal-comment"), {"thread": thread, "settle": "resolve"})

    assert response.status_code == 404


def test_a_thread_of_another_proposal_is_not_found(article, proposal):
    other = a_proposal(a_published_article(key="other"), "x")
    said(other, "Elsewhere")

    assert said(proposal, "Reply", thread=Comment.objects.get().pk).status_code == 404


def test_the_view_that_was_read_is_kept_after_a_comment(proposal):
    assert said(proposal, query="?view=unified").url.startswith(url(proposal, query="?view=unified"))


# --- the sidebar ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "role", "told"),
    [
        (STATE.IN_REVIEW, Role.REVIEWER, True),
        (STATE.IN_REVIEW, Role.CONTRIBUTOR, False),
        (STATE.IN_REVIEW, Role.VIEWER, False),
        (STATE.CHANGES_ASKED, Role.CONTRIBUTOR, True),
        (STATE.CHANGES_ASKED, Role.REVIEWER, False),
        (STATE.DRAFT, Role.CONTRIBUTOR, False),
    ],
)
def test_the_sidebar_counts_what_awaits_the_reader(article, state, role, told):
    a_proposal(article, BETTER, state=state)

    assert ("1 proposal awaits you" in page(signed_in(role).get("/guide/en/"))) == told


def test_ones_own_proposal_does_not_await_oneself(article):
    a_proposal(article, BETTER, author=a_member(Role.REVIEWER))

    assert "awaits you" not in page(signed_in(Role.REVIEWER).get("/guide/en/"))


@pytest.mark.parametrize("view", ["side", "unified", "rendered", "preview"])
def test_nothing_that_an_author_types_becomes_markup(article, view):
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    proposal = a_proposal(article, f"## A {attack} {{#a}}\n\n{attack}\n\n[x](javascript:alert(1))\n", summary=attack)
    client = signed_in(Role.REVIEWER)

    for raw in (client.get(url(proposal, query=f"?view={view}")).content, client.get(reverse("proposals")).content):
        assert b"<script>alert" not in raw
        assert b"<img src=x" not in raw
        assert b'href="javascript' not in raw
        assert b"&lt;script&gt;" in raw
