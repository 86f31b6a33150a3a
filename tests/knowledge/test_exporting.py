"""`export_guide`: files exactly as published, which come in again as what they were."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import F, Value
from django.db.models.functions import Concat

from knowledge.exchange.manifest import NAME
from knowledge.models import Article, Proposal, Revision
from knowledge.services import publish
from tests.knowledge.articles import NOON, a_body, a_published_article

pytestmark = pytest.mark.django_db


def export(path, **options):
    out = io.StringIO()
    call_command("export_guide", path, stdout=out, **options)
    return out.getvalue().strip()


def bring(path, **options):
    out = io.StringIO()
    call_command("import_guide", path, stdout=out, **options)
    return out.getvalue().strip().splitlines()[-1]


def rewrite(article, text):
    return publish(article, body=a_body(text), author=None, summary="", base=article.published, at=NOON)


def test_a_file_is_exactly_what_is_published(tmp_path):
    article = a_published_article("Text.  \n\n\n")

    assert export(tmp_path) == "1 written, 0 unchanged, 0 removed"

    assert (tmp_path / "en" / "010-limits.md").read_bytes() == article.published.body.encode()
    assert export(tmp_path) == "0 written, 1 unchanged, 0 removed"


def test_the_whole_guide_goes_out_and_comes_in_unchanged(tmp_path, shipped_guide):
    count = Article.objects.count()
    export(tmp_path)

    assert bring(tmp_path) == f"0 published, 0 proposed, {count} unchanged, 0 refused"
    assert Revision.objects.count() == count


def test_into_another_guide_an_export_comes_in_as_it_was(tmp_path):
    bodies = {key: a_published_article(key=key, title=key, language="fr").published.body for key in ("one", "two")}
    export(tmp_path)
    Article.objects.update(key=Concat(Value("before-"), F("key")))

    assert bring(tmp_path) == "2 published, 0 proposed, 0 unchanged, 0 refused"
    copies = Article.objects.exclude(key__startswith="before-").values_list("key", "published__body")
    assert dict(copies) == bodies


def test_one_language_alone_leaves_the_other_files(tmp_path):
    a_published_article()
    a_published_article(language="fr")
    export(tmp_path)

    assert export(tmp_path, language=["fr"]) == "0 written, 1 unchanged, 0 removed"
    assert (tmp_path / "en" / "010-limits.md").is_file()


def test_what_is_gone_is_removed_where_an_export_wrote_it(tmp_path):
    article = a_published_article()
    export(tmp_path)
    (tmp_path / "en" / "mine.md").write_text("Mine.", encoding="utf-8")
    article.deleted_at = NOON
    article.save()

    assert export(tmp_path) == "0 written, 0 unchanged, 1 removed"
    assert [path.name for path in (tmp_path / "en").iterdir()] == ["mine.md"]


@pytest.mark.parametrize("gone", [True, False])
def test_what_somebody_wrote_there_is_never_overwritten(tmp_path, gone):
    article = a_published_article()
    export(tmp_path)
    file = tmp_path / "en" / "010-limits.md"
    file.write_text("Typed for hours.", encoding="utf-8")
    rewrite(article, "New.")
    article.deleted_at = NOON if gone else None
    article.save()

    with pytest.raises(CommandError, match="was changed since it was exported") as refused:
        export(tmp_path)

    assert refused.value.returncode == 2
    assert file.read_text(encoding="utf-8") == "Typed for hours."


def test_a_manifest_from_elsewhere_removes_nothing_outside(tmp_path):
    outside = tmp_path / "outside.md"
    outside.write_text("x", encoding="utf-8")
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / NAME).write_text('{"files": {"../outside.md": {"digest": "x"}, "/etc/x": {"digest": ""}}}')

    export(tmp_path / "guide")

    assert outside.is_file()


def test_a_link_in_the_way_is_refused(tmp_path):
    a_published_article()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "en").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(CommandError, match="is a link"):
        export(tmp_path / "guide")

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_changed_file_becomes_a_proposal_based_on_what_was_exported(tmp_path):
    article = a_published_article()
    first = article.published
    export(tmp_path)
    rewrite(article, "Meanwhile.")
    file = tmp_path / "en" / "010-limits.md"
    file.write_text(first.body + "\nMore.\n", encoding="utf-8")

    bring(tmp_path)

    proposal = Proposal.objects.get()
    assert proposal.body == first.body + "\nMore.\n"
    assert proposal.base == first
