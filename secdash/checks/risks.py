"""The risks that a failing check opens, each with its title and the section of the guide that explains it."""

from __future__ import annotations

import msgspec

from secdash.facts.message import Message, say


class Risk(msgspec.Struct, frozen=True):
    """`section` is article#anchor in the guide; the anchor is the risk's own key."""

    key: str
    title: Message
    article: str

    @property
    def section(self) -> str:
        return f"{self.article}#{self.key}"


def _by_key(*risks: Risk) -> dict[str, Risk]:
    return {risk.key: risk for risk in risks}


RISKS = _by_key(
    Risk("app-arbitrary-code", say("Foreign code in an application"), "regular-applications"),
    Risk("app-suid-escalation", say("From user to root through SUID"), "regular-applications"),
    Risk("app-kernel-code", say("Foreign code in the kernel"), "regular-applications"),
    Risk("app-container-leak", say("Leak to another container"), "regular-applications"),
    Risk("sys-root-code", say("Foreign code as root"), "system-services-high"),
    Risk("sys-dev", say("Tampering with devices"), "system-services-high"),
    Risk("sys-root-calls", say("Root calls on the host"), "system-services-high"),
    Risk("sys-proc-sys", say("Tampering with /proc and /sys"), "system-services-high"),
    Risk("sys-uid0-escape", say("Escape with UID 0"), "system-services-high"),
    Risk("low-root-code", say("Foreign code as root, near the hardware"), "system-services-low"),
    Risk("low-full-privileges", say("Foreign code with full privileges"), "system-services-low"),
    Risk("kernel-control", say("Control of the kernel"), "kernel-workloads"),
    Risk("mutable-filesystem", say("Changed programs and files"), "immutable"),
    Risk("daemon-takeover", say("Takeover of the Engine"), "threat-model"),
    Risk("supply-chain", say("Foreign code through the supply chain"), "threat-model"),
    Risk("secret-disclosure", say("Disclosure of secrets"), "threat-model"),
    Risk("network-exposure", say("Exposure on the network"), "threat-model"),
    Risk("denial-of-service", say("Denial of service"), "threat-model"),
)
