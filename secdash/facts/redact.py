"""Where secrets stop: what leaves here has the name and the place of a secret, never its value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from secdash.facts.model import EnvName
from secdash.facts.secret_signs import (
    BY_NAME,
    MAY_HOLD_A_SECRET,
    PLACEHOLDER,
    VALUE_PATTERNS,
    hidden_part,
    is_harmless,
    is_secret_name,
    secret_reason,
)

MASK = "•••"
LONGEST = 16_384  # of a text: what is longer is cut, since no reader wants it and every pattern would have to walk it

Pairs = tuple[tuple[str, str], ...]

VALUE = re.compile(r"""\\*"(?:[^"\\]|\\.)*(?:"|\Z)|'[^']*(?:'|\Z)|[^\s"']\S*""", re.DOTALL)
# NAME=value, --name=value, "name": "value" (also inside JSON inside JSON)
ASSIGNMENT = re.compile(r"""(?<![\w.-])-{0,2}([A-Za-z_][\w.-]*)(?:=|\\{0,3}["']\s{0,3}:\s{0,3})""")
# --name value, -p value
OPTION = re.compile(r"""(?<![^\s"'\[,])--?([A-Za-z][\w-]*)["']?[\s,]{1,3}(?=[^\s-])""")
OPTION_WORD = re.compile(r"--?([A-Za-z][\w-]*)")
# In a build step a value goes on to the next NAME=, or to the shell that runs the step.
BUILD_VALUE = re.compile(r".*?(?=\s[A-Za-z_][\w.-]*=|\s/\S+\s{1,3}-\w*c\s|\Z)", re.DOTALL)
BUILD_STEP = re.compile(r"(?:/[^#]{1,300} #\(nop\)\s{1,3})?(?:ENV|ARG|LABEL)\s|(?:RUN )?\|\d{1,4}\s")
# -psecret, without a space
MYSQL = re.compile(r"\b(?:mysql|mariadb)\S*\s")
MYSQL_PASSWORD = re.compile(r"(?<=\s-p)[^\s-]\S*")
NEVER_A_PASSWORD = re.compile(r"[\d.:/-]+(?:/tcp|/udp)?|[~.]?/.*|.*\.\w{1,4}", re.DOTALL)  # ports, paths, file names
USER_AND_PASSWORD = re.compile(r"[^\s:/\"']+:[^\s/]+")
BRIEF_OPTIONS = frozenset({"p", "a", "u", "user"})
MASKED_BY_ENGINE = re.compile(r"x{5}|\*+")
FETCHER = re.compile(r"\b(?:curl|wget)\b")
REDIS = re.compile(r"\bredis-cli\b")

# What filtering proxies of the Docker API are set with: whether each of these is on decides what they let through,
# and whether it is on is all that is kept of its value.
SWITCHES = frozenset({"POST", "ALLOW_START", "ALLOW_STOP", "ALLOW_RESTARTS", "ALLOW_PAUSE", "ALLOW_UNPAUSE"})
# What a label begins with that proposes to accept what a check says: PROPOSING + check = reason.
PROPOSING = "secdash.accept."
ON, OFF = frozenset({"1", "true"}), frozenset({"0", "false", ""})


def env_names(env: Iterable[str]) -> tuple[EnvName, ...]:
    """Names only; the last of two equal names counts, as for the process."""
    values = dict(entry.partition("=")[::2] for entry in env)
    return tuple(
        EnvName(name, secret=secret_reason(name, _cut(value)), empty=not value, switch=_switch(name, value))
        for name, value in sorted(values.items())
    )


def _switch(name: str, value: str) -> str:
    if name not in SWITCHES:
        return ""
    return "on" if value.lower() in ON else "off" if value.lower() in OFF else ""


def secret_names(pairs: Pairs) -> tuple[str, ...]:
    return tuple(
        name for name, value in pairs if secret_reason(_own_name(name), _cut(value)) or _masked(value, VALUE)[1]
    )


def _own_name(name: str) -> str:
    """A label that proposes an acceptance holds a sentence, whatever the check that it names is about."""
    return PROPOSING if name.startswith(PROPOSING) else name


def masked_pairs(pairs: Pairs) -> Pairs:
    """Labels and options: the whole value where the name says so, else what is secret within it."""
    return tuple((name, _masked_value(_own_name(name), value)) for name, value in pairs)


def masked_words(words: Sequence[str], program: Sequence[str] = ()) -> tuple[str, ...]:
    """A command line in its words; `program` are words that stand before them, such as an entrypoint."""
    line = _cut(" ".join((*program, *words)))
    befores = (program[-1] if program else "", *words)
    return tuple(_masked_word(before, word, line) for before, word in zip(befores, words, strict=False))


def masked_json(value: Any, name: str = "") -> Any:
    """Decoded JSON that goes by this name: texts, and numbers too where the nearest name is that of a secret."""
    if isinstance(value, dict):
        return {key: masked_json(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return _masked_list(value, name)
    if isinstance(value, str):
        return _masked_value(name, value)
    return MASK if is_secret_name(name) and value not in (None, True, False) else value


def _masked_list(items: list[Any], name: str) -> list[Any]:
    """Words of a list are read as a command line too: the options of a runtime are one."""
    words = masked_words([item if isinstance(item, str) else "" for item in items])
    masked = (
        masked_json(word if isinstance(item, str) else item, name) for item, word in zip(items, words, strict=True)
    )
    return list(masked)


def secret_in_words(words: Sequence[str]) -> str:
    """What in a command line looked like a secret; "" for nothing, and for what only might be one."""
    return _masked(" ".join(words), VALUE)[1]


def masked_text(text: str) -> str:
    """Any text, a shell line for one."""
    return _masked(text, VALUE)[0]


def password_in(url: str) -> str:
    """What a URL says of its password: none, shown, or masked, as the Engine masks it (`xxxxx`)."""
    scheme, separator, rest = url.partition("://")
    _user, _, password = (rest if separator else scheme).partition("/")[0].rpartition("@")[0].partition(":")
    if not password:
        return "none"
    return "masked" if MASKED_BY_ENGINE.fullmatch(password) else "shown"


def masked_step(created_by: str) -> tuple[str, str]:
    """A build step, and what in it looked like a secret ("" for nothing)."""
    return _masked(created_by, BUILD_VALUE if BUILD_STEP.match(created_by) else VALUE)


def _masked_value(name: str, value: str) -> str:
    if value and is_secret_name(name) and not is_harmless(name, value):
        return MASK
    return masked_text(value)


def _masked_word(before: str, word: str, line: str) -> str:
    option = OPTION_WORD.fullmatch(before)
    if option and (_hides_next(option.group(1), word) or _hides_next_briefly(option.group(1), word, line)):
        return MASK
    if MYSQL.search(f"{line} ") and word.startswith("-p") and len(word) > 2:
        return f"-p{MASK}"
    assignment = ASSIGNMENT.match(word)
    if assignment and not (before.startswith("-") and before.endswith("c")):  # sh -c "NAME=value program …"
        return f"{assignment.group()}{_masked_value(assignment.group(1), word[assignment.end() :])}"
    return masked_text(word)


def _masked(text: str, value_pattern: re.Pattern[str]) -> tuple[str, str]:
    text = _cut(text)
    masked = _mask_after(ASSIGNMENT, text, value_pattern, _is_secret)
    masked = _mask_after(OPTION, masked, VALUE, _hides_next)
    reason = BY_NAME if masked != text else ""
    masked, found = _mask_values(masked)
    return _mask_brief_options(masked), reason or found


def _mask_after(
    pattern: re.Pattern[str],
    text: str,
    value_pattern: re.Pattern[str],
    hides: Callable[[str, str], bool],
    names: Callable[[str], bool] = is_secret_name,
) -> str:
    """The text with the value masked after each name that is one of `names` and of which `hides(name, value)` is true.

    The name is looked at first: to match a value after every name would take quadratic time.
    """
    parts, position = [], 0
    while match := pattern.search(text, position):
        end = match.end()
        parts.append(text[position:end])
        position = end
        value = value_pattern.match(text, end) if names(match.group(1)) else None
        if value and value.group() and hides(match.group(1), value.group()):
            parts.append(MASK)
            position = value.end()
    return "".join((*parts, text[position:]))


def _is_secret(name: str, value: str) -> bool:
    return is_secret_name(name) and not is_harmless(name, value)


def _hides_next(option: str, word: str) -> bool:
    return _is_secret(option, word) and not word.strip("\"'").startswith("-")


def _mask_brief_options(text: str) -> str:
    """After one-letter options a password is a guess: it is masked, but it is no reason for a finding."""
    masked = _mask_after(
        OPTION, text, VALUE, lambda option, word: _hides_next_briefly(option, word, text), BRIEF_OPTIONS.__contains__
    )
    return MYSQL_PASSWORD.sub(MASK, masked) if MYSQL.search(masked) else masked


def _hides_next_briefly(option: str, word: str, line: str) -> bool:
    word = word.strip("\"'")
    if word.startswith("-") or word == MASK:
        return False
    if option in ("u", "user"):
        return bool(USER_AND_PASSWORD.fullmatch(word) and FETCHER.search(line))
    if option == "a":
        return bool(REDIS.search(line))
    return option == "p" and not NEVER_A_PASSWORD.fullmatch(word) and "mkdir -p" not in line


def _mask_values(text: str) -> tuple[str, str]:
    if not MAY_HOLD_A_SECRET.search(text):
        return text, ""
    reasons = []
    for reason, pattern in VALUE_PATTERNS:
        before, text = text, pattern.sub(_mask_match, text)
        if text != before:
            reasons.append(reason)
    return text, next(iter(reasons), "")


def _mask_match(match: re.Match[str]) -> str:
    secret = hidden_part(match)
    if secret == MASK or PLACEHOLDER.fullmatch(secret):
        return match.group()
    return match.group().replace(secret, MASK)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
