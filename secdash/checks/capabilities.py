"""Linux capabilities: what Docker gives every container, and which others reach beyond it."""

from __future__ import annotations

from secdash.facts.message import Message, say

# https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities, read 2026-11-23
DEFAULTS = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "NET_RAW",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)

# Those that act on the kernel or on what is outside the container. Left to `capabilities-added`: the defaults, which
# adding after a drop of ALL is good practice, and those that waste or reserve resources (SYS_NICE, SYS_RESOURCE,
# IPC_LOCK, SYS_PACCT, WAKE_ALARM, BLOCK_SUSPEND, LINUX_IMMUTABLE).
DANGEROUS: dict[str, Message] = {
    "ALL": say("ALL gives it every capability of the kernel."),
    "SYS_ADMIN": say("SYS_ADMIN lets it mount file systems and is close to root on the host."),
    "SYS_MODULE": say("SYS_MODULE lets it load code into the kernel."),
    "SYS_RAWIO": say("SYS_RAWIO lets it reach memory and I/O ports of the machine."),
    "SYS_PTRACE": say("SYS_PTRACE lets it read and steer other processes that it can see."),
    "DAC_READ_SEARCH": say("DAC_READ_SEARCH lets it open files of the host by their handle."),
    "BPF": say("BPF lets it load programs into the kernel."),
    "PERFMON": say("PERFMON lets it observe the kernel and other processes."),
    "NET_ADMIN": say("NET_ADMIN lets it change network settings and reaches much kernel code."),
    "SYS_BOOT": say("SYS_BOOT lets it restart the machine or load another kernel."),
    "SYS_TIME": say("SYS_TIME lets it set the clock of the host."),
    "SYSLOG": say("SYSLOG lets it read the kernel's log and addresses."),
    "MAC_ADMIN": say("MAC_ADMIN lets it change the rules of the host's mandatory access control."),
    "MAC_OVERRIDE": say("MAC_OVERRIDE lets it ignore the host's mandatory access control."),
    "AUDIT_CONTROL": say("AUDIT_CONTROL lets it switch the kernel's audit off."),
    "AUDIT_READ": say("AUDIT_READ lets it read the kernel's audit log."),
    "CHECKPOINT_RESTORE": say("CHECKPOINT_RESTORE lets it rebuild processes and choose their ids."),
}

# Of the defaults, those that no ordinary server uses: raw packets (ping works without since Docker opens
# net.ipv4.ping_group_range), device nodes, records for the kernel's audit, capabilities written into files.
RARELY_NEEDED = ("AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP")
