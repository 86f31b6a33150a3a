"""The risks that a failing check opens, each with its title and the section of the guide that explains it."""

from __future__ import annotations

import msgspec

from secdash.facts.message import Message, say


class Risk(msgspec.Struct, frozen=True):
    """`section` is article#anchor in the guide: the threat model has one for each risk, under the risk's own key."""

    article = "threat-model"

    key: str
    title: Message

    @property
    def section(self) -> str:
        return f"{self.article}#{self.key}"


def _by_key(*risks: Risk) -> dict[str, Risk]:
    return {risk.key: risk for risk in risks}


RISKS = _by_key(
    Risk("app-arbitrary-code", say("Foreign code in an application")),
    Risk("app-suid-escalation", say("From user to root through SUID")),
    Risk("app-kernel-code", say("Foreign code in the kernel")),
    Risk("app-container-leak", say("Leak to another container")),
    Risk("sys-root-code", say("Foreign code as root")),
    Risk("sys-dev", say("Tampering with devices")),
    Risk("sys-root-calls", say("Root calls on the host")),
    Risk("sys-proc-sys", say("Tampering with /proc and /sys")),
    Risk("sys-uid0-escape", say("Escape with UID 0")),
    Risk("low-root-code", say("Foreign code as root, near the hardware")),
    Risk("low-full-privileges", say("Foreign code with full privileges")),
    Risk("kernel-control", say("Control of the kernel")),
    Risk("mutable-filesystem", say("Changed programs and files")),
    Risk("daemon-takeover", say("Takeover of the Engine")),
    Risk("supply-chain", say("Foreign code through the supply chain")),
    Risk("secret-disclosure", say("Disclosure of secrets")),
    Risk("network-exposure", say("Exposure on the network")),
    Risk("denial-of-service", say("Denial of service")),
)
