"""The guide and a Git working copy: commits out, proposals in, and nothing of anybody lost on either side."""

from __future__ import annotations

import io
import os
import subprocess
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from knowledge.models import FormerKey, Proposal
from knowledge.services import publish
from secdash.accounts.roles import Role
from tests.cast import a_member
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db
FILE = "en/010-limits.md"


@pytest.fixture
def copy(tmp_path):
    return tmp_path / "copy"


def export(path, **options):
    out = io.StringIO()
    call_command("export_guide", path, git=True, stdout=out, **options)
    return out.getvalue().strip()


def bring(path, **options):
    """(what is printed, exit status)"""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_guide", path, stdout=out, stderr=err, **options)
    except SystemExit as ended:
        return out.getvalue() + err.getvalue(), ended.code
    return out.getvalue() + err.getvalue(), 0


def refusal(command, *arguments, **options):
    with pytest.raises(CommandError) as refused:
        call_command(command, *arguments, **options)
    assert refused.value.returncode == 2
    return str(refused.value)


def git(path, *arguments):
    answer = subprocess.run(["git", "-C", path, *arguments], capture_output=True, text=True, check=True)
    return answer.stdout.strip()


def rewrite(article, text, *, by=None, summary="", hours=1, **meta):
    article.refresh_from_db()
    at = NOON + timedelta(hours=hours)
    return publish(article, body=a_body(text, **meta), author=by, summary=summary, base=article.published, at=at)


def commits(path, form="%an|%ae|%at|%s|%(trailers:key=Guide-Revision,valueonly,separator=)"):
    return git(path, "log", "--reverse", f"--format={form}").splitlines()


def edited(path, text, *, author="Ann <ann@example.org>", file=FILE, subject="Say it better"):
    (path / file).parent.mkdir(exist_ok=True)
    (path / file).write_text(text, encoding="utf-8")
    git(path, "add", "--", file)
    person = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    git(path, *person, "commit", "--quiet", "--author", author, "--message", subject)


def test_each_revision_is_a_commit_with_its_author_and_its_time(copy):
    limits = a_published_article("One.")
    rewrite(limits, "Two.", by=a_member(Role.REVIEWER, first_name="Rémi", last_name="<b>"), summary="Better", hours=2)
    other = a_published_article(key="other", language="fr")
    rewrite(other, "Deux.", by=a_member(Role.ADMINISTRATOR, email="private@example.org"), hours=1)

    assert export(copy) == "4 commits"

    noon = int(NOON.timestamp())
    assert commits(copy) == [
        f"secdash|noreply@secdash.invalid|{noon}|Bring en/limits as it comes with secdash|en/limits 1",
        f"secdash|noreply@secdash.invalid|{noon}|Bring fr/other as it comes with secdash|fr/other 1",
        f"administrator|administrator@secdash.invalid|{noon + 3600}|Publish fr/other, version 2|fr/other 2",
        f"Rémi b|reviewer@secdash.invalid|{noon + 7200}|Better|en/limits 2",
    ]
    assert (copy / FILE).read_text(encoding="utf-8") == a_body("Two.")
    assert git(copy, "show", f"HEAD~3:{FILE}") == a_body("One.")
    assert git(copy, "status", "--porcelain") == ""


def test_only_what_is_new_is_committed(copy):
    article = a_published_article()
    export(copy)
    assert export(copy) == "0 commits"
    rewrite(article, "Two.")

    assert export(copy) == "1 commits"
    assert len(commits(copy)) == 2


def test_an_article_that_moves_takes_its_file_along(copy):
    article = a_published_article()
    export(copy)
    FormerKey.objects.create(language="en", key="limits", article=article)
    article.key = "bounds"
    article.save()
    rewrite(article, "", order=20)

    export(copy)

    assert git(copy, "ls-files") == "en/020-bounds.md"
    assert export(copy) == "0 commits"


def test_an_article_that_was_taken_away_goes_from_the_tree(copy):
    a_published_article(key="other", title="Other")
    article = a_published_article()
    export(copy)
    article.deleted_at = NOON
    article.save()

    export(copy)

    assert git(copy, "ls-files") == "en/010-other.md"
    assert commits(copy, "%s")[-1] == "Take away en/limits"


def test_changes_that_are_not_committed_are_left_alone(copy):
    article = a_published_article()
    export(copy)
    (copy / FILE).write_text("Typed for hours.", encoding="utf-8")
    rewrite(article, "Two.")

    assert "not committed" in refusal("export_guide", copy, git=True)
    assert (copy / FILE).read_text(encoding="utf-8") == "Typed for hours."


def test_a_commit_of_others_must_come_in_before_it_is_written_over(copy):
    article = a_published_article()
    export(copy)
    edited(copy, "Theirs.")
    rewrite(article, "Two.")

    assert "was changed in Git since it was exported" in refusal("export_guide", copy, git=True)
    bring(copy)
    assert export(copy) == "1 commits"
    assert commits(copy, "%s")[-2:] == ["Say it better", "Bring en/limits as it comes with secdash"]


@pytest.mark.parametrize("what", ["a file", "a folder inside another copy", "no branch"])
def test_a_directory_of_somebody_else_is_refused(copy, what):
    a_published_article()
    export(copy)
    if what == "a file":
        other = copy.parent / "other"
        other.mkdir()
        (other / "x").write_text("x", encoding="utf-8")
        assert "is not empty" in refusal("export_guide", other, git=True)
        assert [path.name for path in other.iterdir()] == ["x"]
    elif what == "no branch":
        git(copy, "checkout", "--quiet", "--detach")
        assert "No branch" in refusal("export_guide", copy, git=True)
    else:
        (copy / "inside").mkdir()
        (copy / "inside" / ".git").mkdir()
        assert "lies inside the Git working copy" in refusal("export_guide", copy / "inside", git=True)


def test_neither_hooks_nor_anybodys_settings_are_used(copy, monkeypatch, tmp_path):
    article = a_published_article()
    export(copy)
    hook = copy / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    for name in ("pre-commit", "post-checkout", "reference-transaction", "post-index-change"):
        hook.with_name(name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
        hook.with_name(name).chmod(0o755)
    (tmp_path / "config").write_text("[user]\nname = Private\n[core]\nautocrlf = true\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.fspath(tmp_path / "config"))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    rewrite(article, "Two.")

    export(copy)

    monkeypatch.delenv("GIT_DIR")
    assert not (tmp_path / "ran").exists()
    assert "Private" not in git(copy, "log", "--format=%cn%an")


def test_what_others_committed_becomes_a_proposal_based_on_what_was_exported(copy):
    article = a_published_article()
    first = article.published
    export(copy)
    rewrite(article, "Meanwhile.")
    edited(copy, first.body + "More.\n")

    assert bring(copy)[1] == 0

    proposal = Proposal.objects.get()
    assert (proposal.base, proposal.body, proposal.summary) == (first, first.body + "More.\n", "Say it better")
    assert "written by Ann <ann@example.org>" in proposal.events.get().message
    assert "0 published, 0 proposed, 1 unchanged" in bring(copy)[0]


@pytest.mark.parametrize(
    ("author", "known"),
    [
        ("X <contributor@secdash.invalid>", True),
        ("X <CAMILLE@example.org>", True),
        ("Camille Martin <x@example.org>", True),
        ("Somebody <x@example.org>", False),
        ("viewer <x@example.org>", False),
    ],
)
def test_a_commits_author_is_one_of_ours_by_address_or_by_name(copy, author, known):
    camille = a_member(Role.CONTRIBUTOR, first_name="Camille", last_name="Martin", email="camille@example.org")
    reviewer = a_member(Role.REVIEWER)
    a_member(Role.VIEWER)
    a_published_article()
    export(copy)
    edited(copy, a_body("Other."), author=author)

    bring(copy, author=reviewer.username)

    assert Proposal.objects.get().author == (camille if known else reviewer)


def test_a_commit_that_bears_a_name_never_publishes_under_it(copy):
    a_member(Role.ADMINISTRATOR)
    article = a_published_article()
    export(copy)
    edited(copy, a_body("Other."), author="administrator <administrator@secdash.invalid>")

    bring(copy, way="published", author=a_member(Role.REVIEWER).username)

    article.refresh_from_db()
    assert (article.published.number, article.published.author.role) == (2, Role.REVIEWER)


def test_a_new_file_is_a_new_article(copy):
    a_published_article()
    export(copy)
    edited(copy, "# Neu\n\nText.\n", file="fr/030-new.md")

    assert "fr/neu: published" in bring(copy)[0]


def test_what_nobody_changed_and_what_nobody_committed_stays_out(copy):
    a_published_article()
    export(copy)
    (copy / FILE).write_text("Not committed.", encoding="utf-8")

    assert bring(copy) == ("0 published, 0 proposed, 0 unchanged, 0 refused\n", 0)


def test_links_other_repositories_and_odd_names_are_named_and_left(copy):
    a_published_article()
    export(copy)
    (copy / "en" / "020-link.md").symlink_to("/etc/passwd")
    (copy / "en" / "-- x.md").write_text("x", encoding="utf-8")
    (copy / "en" / "030-latin.md").write_bytes("é".encode("latin-1"))
    (copy / "en" / "040-huge.md").write_text("x" * 4_000_001, encoding="utf-8")
    git(copy, "add", "--all")
    git(copy, "update-index", "--add", "--cacheinfo", f"160000,{git(copy, 'rev-parse', 'HEAD')},en/sub")
    git(copy, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "--message", "x")

    said, status = bring(copy)

    assert status == 1
    assert "en/020-link.md: It is a link" in said
    assert "en/sub: It is another repository" in said
    assert "en/-- x.md: Its name is not NUMBER-key.md" in said
    assert "en/030-latin.md is not UTF-8" in said
    assert "en/040-huge.md: It is too large" in said
    assert Proposal.objects.count() == 0
