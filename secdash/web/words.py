"""The words of severities, states and verdicts, translated, and the plain names the look is keyed by."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

SEVERITIES: tuple[str, ...] = ("info", "low", "medium", "high", "critical")

SEVERITY_WORDS: dict[str, Promise] = {
    "critical": pgettext_lazy("severity", "critical"),
    "high": pgettext_lazy("severity", "high"),
    "medium": pgettext_lazy("severity", "medium"),
    "low": pgettext_lazy("severity", "low"),
    "info": pgettext_lazy("severity", "info"),
}
STATE_WORDS: dict[str, Promise] = {
    "open": pgettext_lazy("state", "open"),
    "accepted": pgettext_lazy("state", "accepted"),
    "resolved": pgettext_lazy("state", "resolved"),
}
VERDICT_WORDS: dict[str, Promise] = {
    "pass": pgettext_lazy("verdict", "pass"),
    "fail": pgettext_lazy("verdict", "fail"),
    "unknown": pgettext_lazy("verdict", "unknown"),
    "not_applicable": pgettext_lazy("verdict", "not applicable"),
}
STAGES: tuple[tuple[str, Promise], ...] = (
    ("queued", gettext_lazy("Queued")),
    ("connecting", gettext_lazy("Connecting")),
    ("reading", gettext_lazy("Reading")),
    ("images", gettext_lazy("Reading images")),
    ("judging", gettext_lazy("Judging")),
    ("done", gettext_lazy("Done")),
)
SKIPPED_STAGES = ("images",)  # by scans of hosts whose images' files are not read
COUNTED_STAGES = ("reading", "images")


def severity_name(value: object) -> str:
    """0 to 4 (info to critical), or the word itself in any case; anything else raises ValueError."""
    name = SEVERITIES[int(value)] if isinstance(value, int) else str(value).lower()
    if name not in SEVERITY_WORDS:
        raise ValueError(f"not a severity: {value!r}")
    return name


def severity_count(value: object, number: int) -> str:
    """ "3 critical": many languages have another word for several of a kind."""
    match severity_name(value):
        case "critical":
            text = ngettext("%(n)s critical", "%(n)s critical", number)
        case "high":
            text = ngettext("%(n)s high", "%(n)s high", number)
        case "medium":
            text = ngettext("%(n)s medium", "%(n)s medium", number)
        case "low":
            text = ngettext("%(n)s low", "%(n)s low", number)
        case _:
            text = ngettext("%(n)s info", "%(n)s info", number)
    return text % {"n": number}
