"""SSH: an account that may reach the Engine's socket and nothing else, and a key that opens only that."""

from __future__ import annotations

import shlex

HOME = "/var/lib/secdash"
CONFIGURATION = "/etc/ssh/sshd_config.d/secdash.conf"
# OpenSSH has no list of sockets a key may open: which ones is up to the account's rights. TCP in both directions is
# limited to a port that nothing listens on, and whatever is to be run is replaced (decision 0035).
RESTRICTIONS = 'restrict,port-forwarding,permitopen="127.0.0.1:1",permitlisten="127.0.0.1:1",command="/bin/false"'
A_KEY = "ssh-ed25519 AAAA… secdash"

MAKE_KEY = "ssh-keygen -t ed25519 -N '' -C secdash -f secdash-key\ncat secdash-key secdash-key.pub\n"


def authorised(public: str) -> str:
    """The line of authorized_keys."""
    return f"{RESTRICTIONS} {public}"


def account(user: str, public: str, *, group: str = "docker", home: str = HOME) -> str:
    """An account without a password and a shell, in the group that owns the socket."""
    name, place = shlex.quote(user), shlex.quote(home)
    return f"""\
useradd --system --user-group --create-home --home-dir {place} --shell /usr/sbin/nologin {name}
usermod --append --groups {shlex.quote(group)} {name}
{authorise(user, public, home=home)}"""


def authorise(user: str, public: str, *, home: str = HOME) -> str:
    name, keys = shlex.quote(user), shlex.quote(f"{home}/.ssh")
    return f"""\
install -d -m 700 -o {name} -g {name} {keys}
printf '%s\\n' {shlex.quote(authorised(public))} >>{keys}/authorized_keys
chown {name}:{name} {keys}/authorized_keys && chmod 600 {keys}/authorized_keys
"""


def server(user: str, *, configuration: str = CONFIGURATION) -> str:
    """The same limits once more on the server's side, where the account cannot change them."""
    return f"""\
cat >{shlex.quote(configuration)} <<'END'
Match User {user}
    AllowStreamLocalForwarding local
    AllowTcpForwarding no
    AllowAgentForwarding no
    X11Forwarding no
    PermitTTY no
    ForceCommand /bin/false
END
"""


RELOAD = "sshd -t && systemctl reload ssh\n"


def fingerprints() -> str:
    """What the page shows is to be compared with this, seen on the host itself."""
    return 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done\n'
