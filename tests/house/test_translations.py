"""Every text is collected and translated: `make messages` finds nothing new, and French leaves nothing out."""

from __future__ import annotations

import subprocess
import sys

import pytest
from babel.messages import pofile

from secdash.environment import BASE
from tests.engine.parts import require_programs

CATALOGUE = BASE / "secdash" / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def read(path=CATALOGUE):
    with path.open("rb") as file:
        return pofile.read_po(file, locale="fr")


def texts(catalog):
    return {(str(message.id), message.context) for message in catalog if message.id}


@pytest.fixture
def kept_and_collected():
    """The catalogue as it is kept, and as `manage.py messages` makes it now; the file is put back as it was."""
    require_programs("xgettext", "msgmerge", "msguniq")
    before, kept = CATALOGUE.read_bytes(), read()
    try:
        done = subprocess.run(
            [sys.executable, "manage.py", "messages"], cwd=BASE, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        yield kept, read()
    finally:
        CATALOGUE.write_bytes(before)


def test_no_text_is_missing_from_the_catalogue_and_none_is_left_over(kept_and_collected):
    kept, collected = kept_and_collected
    assert texts(collected) == texts(kept)


def test_every_text_is_translated():
    def is_translated(message):
        return all(message.string) if isinstance(message.string, tuple) else bool(message.string)

    untranslated = [message.id for message in read() if message.id and not is_translated(message)]

    assert untranslated == []


def test_translations_fill_the_same_places():
    faulty = {message.id: [str(error) for error in message.check()] for message in read() if message.id}

    assert {text: errors for text, errors in faulty.items() if errors} == {}
