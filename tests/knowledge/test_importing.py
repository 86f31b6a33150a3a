"""`import_guide`: what becomes of files, for whom, and what is said where they are no good."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from knowledge.exchange.importing import IMPORTER
from knowledge.models import Article, FormerKey, Proposal, Revision
from knowledge.services import load_guide, publish
from secdash.accounts.models import User
from secdash.accounts.roles import Role
from tests.cast import a_member
from tests.knowledge.articles import NOON, a_body, a_published_article
from tests.knowledge.seed import first_edition

pytestmark = pytest.mark.django_db


def run(path, **options):
    """(what is printed, exit status)"""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_guide", path, stdout=out, stderr=err, **options)
    except SystemExit as ended:
        return out.getvalue() + err.getvalue(), ended.code
    return out.getvalue() + err.getvalue(), 0


def refusal(path, **options):
    with pytest.raises(CommandError) as refused:
        call_command("import_guide", path, **options)
    assert refused.value.returncode == 2
    return str(refused.value)


@pytest.fixture
def notes(tmp_path):
    file = tmp_path / "notes.md"
    file.write_text("##Notes\n* one\n* two\n", encoding="utf-8")
    return file


def test_what_is_new_is_published_and_signed(notes):
    assert run(notes, language="en")[1] == 0

    article = Article.objects.get(key="notes", language="en")
    assert article.published.body.endswith("---\n\n* one\n* two\n")
    assert (article.published.author.username, article.published.author.is_active) == (IMPORTER, False)
    assert not article.published.author.has_usable_password()


def test_the_guide_that_is_loaded_later_leaves_what_was_imported(notes):
    notes.write_text("# Kernel\n\nOurs.\n", encoding="utf-8")
    run(notes, language="en")

    assert "en/kernel" in load_guide().edited


def test_what_stands_gets_a_proposal_for_review(notes):
    standing = a_published_article(key="notes", author=a_member(Role.REVIEWER))

    said, status = run(notes, language="en", author=a_member(Role.CONTRIBUTOR).username)

    proposal = Proposal.objects.get()
    assert (f"proposed as proposal {proposal.pk}" in said, status) == (True, 0)
    assert (proposal.state, proposal.origin) == (Proposal.State.IN_REVIEW, Proposal.Origin.IMPORT)
    assert (proposal.base, proposal.author.role) == (standing.published, Role.CONTRIBUTOR)
    assert [text.body for text in proposal.texts.all()] == [proposal.body]
    assert [(event.kind, event.text.number) for event in proposal.events.all()] == [("sent", 1)]
    standing.refresh_from_db()
    assert standing.published.number == 1


def test_an_import_keeps_the_order_and_the_part_of_what_stands(notes):
    a_published_article(key="notes", order=77, part="III")

    run(notes, language="en")

    assert "order: 77\npart: III\n" in Proposal.objects.get().body


def test_importing_the_same_again_does_nothing(notes):
    a_published_article(key="notes")
    run(notes, language="en")

    said, status = run(notes, language="en")

    assert ("0 published, 0 proposed, 1 unchanged, 0 refused" in said, status) == (True, 0)
    assert (Proposal.objects.count(), Revision.objects.count()) == (1, 1)


def test_a_text_that_was_overtaken_is_not_brought_back(tmp_path):
    article = a_published_article("old")
    (tmp_path / "limits.md").write_text(article.published.body, encoding="utf-8")
    publish(article, body=a_body("new"), author=None, summary="", base=article.published, at=NOON)

    assert "1 unchanged" in run(tmp_path, language="en")[0]


def test_a_renamed_article_is_found_by_its_former_key(tmp_path):
    article = a_published_article("old")
    FormerKey.objects.create(language="en", key="bounds", article=article)
    (tmp_path / "bounds.md").write_text(a_body("new"), encoding="utf-8")

    run(tmp_path, language="en")

    assert Proposal.objects.get().article == article


def test_an_article_that_was_taken_away_stays_away(notes):
    article = a_published_article(key="notes")
    article.deleted_at = NOON
    article.save()

    said, status = run(notes, language="en")

    assert ("bring it back first" in said, status) == (True, 1)


def test_no_article_takes_an_address_of_the_guide_itself(tmp_path):
    (tmp_path / "new.md").write_text("# New\n\nText.\n", encoding="utf-8")

    said, status = run(tmp_path / "new.md", language="en")

    assert ("en/new" in said, "an address of the guide itself" in said, status) == (True, True, 1)
    assert not Article.objects.filter(key="new").exists()


@pytest.mark.parametrize("role", Role)
def test_publishing_needs_somebody_who_may(role, notes):
    author = a_member(role)
    a_published_article(key="notes")
    if role in (Role.REVIEWER, Role.ADMINISTRATOR):
        assert run(notes, language="en", author=author.username, way="published")[1] == 0
        assert Article.objects.get(key="notes").published.author == author
    else:
        assert "may not do this" in refusal(notes, language="en", author=author.username, way="published")
        assert Article.objects.get(key="notes").published.author is None


@pytest.mark.parametrize("role", Role)
def test_proposing_needs_somebody_who_may(role, notes):
    author = a_member(role)
    if role == Role.VIEWER:
        assert "may not do this" in refusal(notes, language="en", author=author.username, way="proposal")
        assert not Article.objects.exists()
    else:
        run(notes, language="en", author=author.username, way="proposal")
        assert Proposal.objects.get().author == author
        assert Proposal.objects.get().base is None
        assert not Article.objects.standing().exists()


def test_a_contributors_new_article_is_proposed(notes):
    run(notes, language="en", author=a_member(Role.CONTRIBUTOR).username)

    assert Proposal.objects.get().article.published is None


def test_a_text_that_cannot_be_published_is_named_by_line_and_leaves_nothing(tmp_path):
    (tmp_path / "a.md").write_text("# A\n\n## x\n\n::: check nobody-knows\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("# B\n\nText.\n", encoding="utf-8")

    said, status = run(tmp_path, language="en")

    assert ("en/a: refused (line 10: There is no check named “nobody-knows”.)" in said, status) == (True, 1)
    assert [article.key for article in Article.objects.all()] == ["b"]


def test_a_dry_run_prints_the_report_and_writes_nothing(notes):
    said, status = run(notes, language="en", dry_run=True)

    assert ("line 1, title: '##Notes' -> 'Notes'" in said, status) == (True, 0)
    assert not Article.objects.exists()
    assert not User.objects.exists()


def test_the_report_goes_to_a_file(notes, tmp_path):
    run(notes, language="en", report=tmp_path / "report.txt")

    report = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert "notes.md: 1 article(s)" in report
    assert "en/notes: published as version 1" in report


def test_the_language_is_that_of_the_folder_or_of_the_name(tmp_path):
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "020-un.md").write_text("# Un\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("# Not an article\n", encoding="utf-8")
    run(tmp_path)
    (tmp_path / "two.en.md").write_text("Text.\n", encoding="utf-8")
    run(tmp_path / "two.en.md")

    assert {str(article) for article in Article.objects.all()} == {"fr/un", "en/two"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("latin.md", "été".encode("latin-1"), "not UTF-8 (byte 0)"),
        ("binary.md", b"a\0b", "not a text"),
        ("large.md", b"a" * 4_000_001, "too large"),
        ("notes.txt", b"a", "holds no Markdown file"),
    ],
)
def test_a_bad_file_is_said_before_anything_is_written(tmp_path, name, content, words):
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / name).write_bytes(content)

    assert words in refusal(tmp_path)
    assert not Article.objects.exists()


def test_a_text_that_cannot_be_split_as_asked_keeps_all_out(tmp_path):
    (tmp_path / "a.md").write_text("# A\n\n### B\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("# C\n", encoding="utf-8")

    assert "b.md: The text has no headings of level 2" in refusal(tmp_path, language="en", split="2")
    assert not Article.objects.exists()


def test_a_published_text_is_unchanged_whatever_characters_it_holds(tmp_path):
    article = a_published_article("a\x0cb\rc\u2028d")
    (tmp_path / "limits.md").write_bytes(article.published.body.encode())

    assert "1 unchanged" in run(tmp_path, language="en")[0]


def test_what_is_not_there_and_what_has_no_language_is_said(tmp_path, notes):
    assert "is not there" in refusal(tmp_path / "nowhere")
    assert "Say the language of notes.md" in refusal(notes)
    assert "no member named nobody" in refusal(notes, language="en", author="nobody")
    assert "no headings of level 6" in refusal(notes, language="en", split="6")
    assert "cannot be read" in refusal(notes, language="en", keys=tmp_path / "nowhere")


def test_a_link_out_of_the_directory_is_refused(tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret\n", encoding="utf-8")
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "x.md").symlink_to(secret)

    assert "leads out of the directory" in refusal(tmp_path / "guide", language="en")


def test_two_files_of_one_article_are_refused(tmp_path):
    for name in ("010-x.md", "020-x.md"):
        (tmp_path / name).write_text("# X\n", encoding="utf-8")

    assert "the same article" in refusal(tmp_path, language="en")


@pytest.mark.skipif(first_edition() is None, reason="the first edition is not on this machine")
def test_the_first_edition_comes_in_whole_one_article_a_lettered_part():
    file = first_edition()
    text = file.read_text(encoding="utf-8")

    said, status = run(file, language="fr")

    assert ("26 published, 0 proposed, 0 unchanged, 0 refused" in said, status) == (True, 0)
    parts = Article.objects.in_language("fr").exclude(part="")
    assert [parts.filter(part=part).count() for part in ("I", "II", "III")] == [8, 4, 9]
    bodies = "\n".join(article.published.body for article in Article.objects.in_language("fr").with_text())
    assert bodies.count("](https://") == text.count("](https://") + 1  # one was the wrong way round
    assert "[l’article](https://docs.docker.com/articles/networking/)" in bodies
    assert "| PID | Process IDs |" in bodies
    assert '`docker run -lxc-conf="lxc.id_map = u 0 100000 65536"' in bodies
