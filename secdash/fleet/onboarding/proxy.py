"""A proxy before the socket that lets GET and HEAD through and nothing else, as one Compose file."""

from __future__ import annotations

import ipaddress
from textwrap import indent

IMAGE = "haproxy:3.2-alpine"
SHIPPED_BIND = "bind unix@/engine/docker.sock mode 0660 gid 10001"
INSIDE = 2375


def compose(rules: str, server: str, port: int) -> str:
    """`rules` is the configuration that secdash itself runs behind (deploy/haproxy.cfg), here listening on TCP."""
    configuration = rules.replace(SHIPPED_BIND, f"bind :{INSIDE}").replace("$", "$$")
    return f"""\
services:
  secdash-proxy:
    image: {IMAGE}
    user: "99:99"
    group_add: ["${{DOCKER_GID:?}}"]
    command: ["haproxy", "-W", "-db", "-f", "/haproxy.cfg"]
    configs:
      - {{source: rules, target: /haproxy.cfg}}
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro
    ports: ["{_published(server)}:{port}:{INSIDE}"]
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges=true"]
    pids_limit: 50
    mem_limit: 128m
    restart: on-failure:5
configs:
  rules:
    content: |
{indent(configuration, "      ")}"""


def _published(server: str) -> str:
    """The address itself; for a name, the loopback, until somebody writes the address of the inner network there."""
    try:
        address = ipaddress.ip_address(server)
    except ValueError:
        return "127.0.0.1"
    return f"[{address}]" if address.version == 6 else str(address)


START = "DOCKER_GID=$(stat -c %g /var/run/docker.sock) docker compose up -d\n"
