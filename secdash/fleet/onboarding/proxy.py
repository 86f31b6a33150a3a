"""A proxy before the socket that lets GET and HEAD through and nothing else, as a folder with one Compose file."""

from __future__ import annotations

import ipaddress

FOLDER = "/opt/secdash-proxy"
IMAGE = "haproxy:3.2-alpine"
SHIPPED_BIND = "bind unix@/engine/docker.sock mode 0660 gid 10001"
INSIDE = 2375


def files(rules: str, server: str, port: int) -> str:
    """`rules` is the configuration that secdash itself runs behind (deploy/haproxy.cfg), here listening on TCP.

    The container's user must be able to read it, whatever root's umask is. Compose finds this name in every version.
    """
    return f"""\
mkdir -p {FOLDER} && cd {FOLDER}
install -m 644 /dev/stdin haproxy.cfg <<'END'
{rules.replace(SHIPPED_BIND, f"bind :{INSIDE}")}END
cat >docker-compose.yml <<END
{_compose(server, port)}END
"""


def _compose(server: str, port: int) -> str:
    """The shell that writes it fills in the group of the socket."""
    return f"""\
services:
  secdash-proxy:
    image: {IMAGE}
    user: "99:99"
    group_add: ["$(stat -L -c %g /var/run/docker.sock)"]
    command: ["haproxy", "-W", "-db", "-f", "/haproxy.cfg"]
    volumes:
      - ./haproxy.cfg:/haproxy.cfg:ro
      - /var/run/docker.sock:/var/run/docker.sock:ro
    ports: ["{_published(server)}:{port}:{INSIDE}"]
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges=true"]
    pids_limit: 50
    mem_limit: 128m
    restart: on-failure:5
"""


def _published(server: str) -> str:
    """The address itself; for a name, the loopback, until somebody writes the address of the inner network there."""
    try:
        address = ipaddress.ip_address(server)
    except ValueError:
        return "127.0.0.1"
    return f"[{address}]" if address.version == 6 else str(address)


# Both ways to call Compose. Made anew, since it does not notice that a file it mounts is another.
START = f"""\
cd {FOLDER}
if docker compose version >/dev/null 2>&1; then docker compose up -d --force-recreate
else docker-compose up -d --force-recreate; fi
"""
