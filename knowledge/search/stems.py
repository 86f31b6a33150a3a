"""What a word is without its ending, and which words are too common to be looked for."""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock

import snowballstemmer

LANGUAGES = {"en": "english", "fr": "french"}
FRENCH_PARTICIPLE = re.compile(r"ee(s?)$")
# A stemmer keeps the word it works on: one thread at a time.
_lock = Lock()
_stemmers = {language: snowballstemmer.stemmer(name) for language, name in LANGUAGES.items()}

# Of both languages in both: people look for an English word in the French guide and the other way round.
# Single letters are what elisions and possessives leave over.
_COMMON = (
    "a b c d e f g h i j k l m n o p q r s t u v w x y z "
    "about also an and any are as at be been but by can do does for from had has have how if in into is it its may of "
    "on or should so such than that the their them then there these they this to via was were what when where which "
    "who why will with you your "
    "ai au aux avec ce ces cet cette comme comment dans de des du elle elles en est et eux il ils je la le les leur "
    "leurs lui ma mais me mes moi mon ne nos notre nous on ont ou par pas peut plus pour pourquoi qu quand que quel "
    "quelle quelles quels qui sa se sera ses si son sont sur ta te tes toi ton tu un une vos votre vous"
)
COMMON = frozenset(_COMMON.split())
# The checks say container in French too, the guide says conteneur.
SAME = {"conteneur": "contain", "container": "contain"}


@lru_cache(maxsize=60_000)
def stem(word: str, language: str) -> str:
    """Of a folded word. Folding took the accents that the French rules go by; the surest of them is put back."""
    if language == "fr":
        word = FRENCH_PARTICIPLE.sub(r"ée\1", word)
    with _lock:
        found: str = _stemmers[language].stemWord(word)
    found = found.replace("é", "e")
    return SAME.get(found, found) or word
