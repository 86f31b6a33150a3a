"""SSH: an account that may reach the Engine's socket and nothing else, and a key that opens only that."""

from __future__ import annotations

import shlex

from secdash.facts.files.as_root import READER, program

HOME = "/var/lib/secdash"
CONFIGURATION = "/etc/ssh/sshd_config.d/secdash.conf"
RULE = "/etc/sudoers.d/secdash"
A_KEY = "ssh-ed25519 AAAA… secdash"

MAKE_KEY = "ssh-keygen -t ed25519 -N '' -C secdash -f secdash-key\ncat secdash-key secdash-key.pub\n"


def only(socket: str) -> str:
    """What of sshd’s forwarding is left: this one socket. Neither manual page says that `permitopen` takes a path; in
    brackets, and with any port, it does, and then stands for nothing else (decision 0035).
    """
    return f"[{socket}]:*"


def restrictions(socket: str) -> str:
    """The words before the key in authorized_keys. It may listen on a port that nobody may have, so on none."""
    return f'restrict,port-forwarding,permitopen="{only(socket)}",permitlisten="127.0.0.1:1",command="/bin/false"'


def account(user: str, socket: str, public: str, *, group: str = "docker", home: str = HOME) -> str:
    """An account without a shell, in the group that owns the socket. No password is `*`: sshd may take an account that
    is locked, as useradd leaves it, for one that nobody may enter, not even by key.
    """
    name, place = shlex.quote(user), shlex.quote(home)
    return f"""\
useradd --system --user-group --password '*' --create-home --home-dir {place} --shell /usr/sbin/nologin {name}
usermod --append --groups {shlex.quote(group)} {name}
{authorise(user, socket, public, home=home)}"""


def authorise(user: str, socket: str, public: str, *, home: str = HOME) -> str:
    name, keys = shlex.quote(user), shlex.quote(f"{home}/.ssh")
    line = shlex.quote(f"{restrictions(socket)} {public}")
    return f"""\
install -d -m 700 -o {name} -g {name} {keys}
printf '%s\\n' {line} >>{keys}/authorized_keys
chown {name}:{name} {keys}/authorized_keys && chmod 600 {keys}/authorized_keys
"""


def server(user: str, socket: str, *, configuration: str = CONFIGURATION) -> str:
    """The same limits once more on the server's side, where the account cannot change them."""
    return f"""\
cat >{shlex.quote(configuration)} <<'END'
Match User {user}
    AllowStreamLocalForwarding local
    AllowTcpForwarding local
    PermitOpen {only(socket)}
    PermitListen none
    AllowAgentForwarding no
    X11Forwarding no
    PermitTTY no
    ForceCommand /bin/false
END
"""


# Debian's name of the service, and that of others.
RELOAD = "sshd -t && { systemctl reload ssh || systemctl reload sshd; }\n"


def in_force(user: str) -> str:
    """What sshd made of it. A sshd_config that includes no other files leaves the limits to the key alone."""
    return f"sshd -T -C user={shlex.quote(user)} | grep '^permitopen '\n"


def open_a_shell(user: str, *, home: str = HOME, configuration: str = CONFIGURATION) -> str:
    """What reading files needs beside the socket: commands, as any user of the host may run them."""
    keys = shlex.quote(f"{home}/.ssh/authorized_keys")
    return f"""\
usermod --shell /bin/sh {shlex.quote(user)}
sed -i 's|,command="/bin/false"||' {keys}
sed -i '/ForceCommand/d' {shlex.quote(configuration)}
"""


def rule(user: str) -> str:
    """One program, without arguments and with sudo's own environment. In quotes no name is a word of sudoers."""
    return f'"{user}" ALL=(root) NOPASSWD: NOSETENV: {READER} ""'


INSTALL_READER = f"install -o root -g root -m 755 /dev/stdin {READER} <<'END'\n{program()}END\n"


def allow_reader(user: str) -> str:
    """sudo passes over files with a dot in their name, so that a rule which visudo refuses never counts."""
    return f"""\
printf '%s\\n' {shlex.quote(rule(user))} >{RULE}.new
chmod 440 {RULE}.new && visudo -cf {RULE}.new && mv {RULE}.new {RULE}
"""


def fingerprints() -> str:
    """What the page shows is to be compared with this, seen on the host itself."""
    return 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done\n'
