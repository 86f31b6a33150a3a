"""A host of one's own as its administrator finds it: Debian's units of the Engine and of sshd below a real systemd.

The files are this machine's, changed for nobody else; network and processes are its own. systemd runs as a manager of
root's own services, which is the one that need not be the first process, and answers `systemctl` as that one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.engine import parts
from tests.engine.own_root import OwnRoot, own_root

PROGRAMS = ("systemctl", "containerd", "dockerd", "ip", "iptables", "ssh-keygen")
MANAGER = "/usr/lib/systemd/systemd"
UNITS = "/run/units"

# The same signal, and then, which a person's pace does by itself, waiting until sshd listens anew.
RELOADED = """\
#!/bin/sh
listener() { awk '$2 ~ /:0016$/ && $4 == "0A" { print $10 }' /proc/net/tcp; }
was=$(listener)
kill -HUP "$1"
until now=$(listener); [ "$now" ] && [ "$now" != "$was" ]; do sleep 0.05; done
"""
# Of the system's units it sees those alone that cards are about: no other is to be started, for /sys and /dev are ours.
PREPARED = f"""
for place in /run /var/lib/docker /var/lib/containerd; do mkdir -p $place; mount -t tmpfs -o mode=755 tmpfs $place; done
mkdir -p /run/systemd/system /run/user /run/sshd {UNITS}
ln -s /run/user/systemd/private /run/systemd/private
ip link set lo up
cp /usr/lib/systemd/system/docker.service /usr/lib/systemd/system/docker.socket {UNITS}
cp /usr/lib/systemd/system/ssh.service {UNITS}
cat >{UNITS}/reload-ssh <<'END'
{RELOADED}END
chmod 755 {UNITS}/reload-ssh
sed -i 's|^ExecReload=/bin/kill.*|ExecReload={UNITS}/reload-ssh $MAINPID|' {UNITS}/ssh.service
grep -q reload-ssh {UNITS}/ssh.service
for target in basic default shutdown sockets sysinit; do echo '[Unit]' >{UNITS}/$target.target; done
groupadd --force docker
rm -rf /etc/docker /etc/ssh/sshd_config.d/* /etc/systemd/system/*
ssh-keygen -A
setsid containerd >/run/containerd.log 2>&1 &
HOME=/root XDG_RUNTIME_DIR=/run/user SYSTEMD_UNIT_PATH={UNITS}:/etc/systemd/system \
  setsid {MANAGER} --user --log-target=console >/run/manager.log 2>&1 &
timeout 20 sh -c 'until [ -S /run/user/systemd/private ] && [ -S /run/containerd/containerd.sock ]; do sleep 0.1; done'
systemctl daemon-reload
"""


@contextmanager
def own_host() -> Iterator[OwnRoot]:
    """With all its services stopped, and no accounts but this machine's."""
    parts.require_programs(*PROGRAMS)
    with own_root(apart=("--net",)) as host:
        try:
            host.run(PREPARED)
        except AssertionError as error:
            parts.require(False, f"systemd did not start here: {error}")
        yield host
