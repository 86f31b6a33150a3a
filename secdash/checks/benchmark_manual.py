"""The items of the benchmark that no machine can judge: a person states how they stand, host by host.

A name is an identity for ever, like a check's: what people stated is kept under it. Severities stop at medium, since
what caps a score must be a finding that somebody can open and mend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from secdash.checks.outcome import LOW, MEDIUM, Severity
from secdash.checks.releases.versions import parse
from secdash.facts.message import Message, say

SWARM_CHECK = "swarm-mode-on"
NOT_JUDGED = (0, 0, 1, 0)
WITHOUT_CONTENT_TRUST = (29, 0)

NO_SWARM = say("The host is in no swarm.")
TRUST_IS_GONE = say("Docker 29 took content trust out of its command line; sign and verify images by other means.")


class Manual(msgspec.Struct, frozen=True):
    """An item that is attested. `number` is of 1.6; `reason` says why no check answers it."""

    name: str
    number: str
    severity: Severity
    reason: Message

    @property
    def of_swarm(self) -> bool:
        return self.number.startswith("7.")


MANUAL: Mapping[str, Manual] = {
    item.name: item
    for item in (
        Manual(
            "host-os-hardened",
            "1.2.1",
            MEDIUM,
            say("How a host’s system was hardened is a matter of your own baseline; state which one it follows."),
        ),
        Manual(
            "base-images-trusted",
            "4.2",
            MEDIUM,
            say("Whether you trust who made an image is your decision; state where base images may come from."),
        ),
        Manual(
            "image-packages-needed",
            "4.3",
            LOW,
            say("Which packages a program needs is known to those who build it; state that they looked."),
        ),
        Manual(
            "images-scanned-and-rebuilt",
            "4.4",
            MEDIUM,
            say("Scanning and rebuilding happen where images are built; state what does it, and how often."),
        ),
        Manual(
            "content-trust-on",
            "4.5",
            LOW,
            say("This is a setting of the shell of whoever pulls images, not of the host."),
        ),
        Manual(
            "packages-verified",
            "4.11",
            LOW,
            say("How packages were verified shows only in the build; state how the build makes sure."),
        ),
        Manual(
            "artefact-signatures-verified",
            "4.12",
            LOW,
            say("Signatures are verified where artefacts enter your builds and hosts; state where and by what."),
        ),
        Manual(
            "unlock-key-rotated",
            "7.6",
            LOW,
            say("The swarm keeps no date of its unlock key; state when it was last rotated."),
        ),
        Manual(
            "swarm-ca-rotated",
            "7.8",
            LOW,
            say("Whether a root certificate is due is a matter of your own rules; state when it was last rotated."),
        ),
        Manual(
            "swarm-traffic-separated",
            "7.9",
            MEDIUM,
            say("Which network carries what is known outside the Engine; state how the two are kept apart."),
        ),
    )
}
BY_NUMBER: Mapping[str, Manual] = {item.number: item for item in MANUAL.values()}


def moot(item: Manual, engine_version: str, tally: Mapping[str, Sequence[int]]) -> Message | None:
    """Why the item does not arise on a host that was seen like this; None where it does, or where that was not seen.

    `tally` is a scan's: check → [pass, fail, unknown, not applicable].
    """
    if item.of_swarm and _in_no_swarm(tally.get(SWARM_CHECK, NOT_JUDGED)):
        return NO_SWARM
    version = parse(engine_version)
    if item.number == "4.5" and version and version.line >= WITHOUT_CONTENT_TRUST:
        return TRUST_IS_GONE
    return None


def _in_no_swarm(counts: Sequence[int]) -> bool:
    _passed, failed, unknown, _not_applicable = counts
    return not failed and not unknown
