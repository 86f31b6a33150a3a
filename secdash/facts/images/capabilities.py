"""File capabilities as the kernel stores them in security.capability (linux/capability.h, capabilities(7))."""

from __future__ import annotations

import struct

# By number, as linux/capability.h has them.
NAMES = (
    *("CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID"),
    *(
        "SETPCAP",
        "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE",
        "NET_BROADCAST",
        "NET_ADMIN",
        "NET_RAW",
        "IPC_LOCK",
        "IPC_OWNER",
    ),
    *("SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE"),
    *("SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP"),
    *("MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF"),
    "CHECKPOINT_RESTORE",
)
REVISIONS = {0x01000000: 12, 0x02000000: 20, 0x03000000: 24}  # and the length of each
REVISION_MASK = 0xFF000000


def capability_names(raw: bytes) -> tuple[str, ...]:
    """What running the file can give: permitted and inheritable capabilities. Nothing for what the kernel refuses."""
    if len(raw) < 4 or REVISIONS.get(struct.unpack_from("<I", raw)[0] & REVISION_MASK) != len(raw):
        return ()
    words = struct.unpack_from("<4I" if len(raw) >= 20 else "<2I", raw, 4)
    bits = sum((permitted | inheritable) << 32 * place for place, (permitted, inheritable) in enumerate(_pairs(words)))
    named = (NAMES[bit] if bit < len(NAMES) else f"CAP_{bit}" for bit in range(64) if bits >> bit & 1)
    return tuple(sorted(named))


def _pairs(words: tuple[int, ...]) -> list[tuple[int, int]]:
    return list(zip(words[::2], words[1::2], strict=True))
