"""The sample fleet itself: twelve hosts of a small company, and what happened to them in the last ninety days."""

from __future__ import annotations

from typing import Any

from secdash.scans.sample.plan import AcceptedPlan, HostPlan, Plan

# A container as this company's platform team ships it.
HARDENED: dict[str, Any] = {
    "user": "10001:10001",
    "read_only": True,
    "no_new_privileges": True,
    "cap_drop": ("ALL",),
    "memory": 512,
    "pids": 200,
    "cpus": 1.0,
    "healthcheck": True,
    "restart": "on-failure",
}
LIMITED: dict[str, Any] = {"memory": 1024, "pids": 400, "cpus": 2.0, "healthcheck": True}


def shop(*, web_address: str = "127.0.0.1") -> tuple[Plan, ...]:
    """The web shop, which both web hosts run."""
    return (
        Plan(
            name="shop-web-1", image="registry.example.com/shop/web:4.12.1", project="shop", network="shop_default",
            ports=((web_address, 8080, 8080),), user="www", memory=512, changes=((62, {"memory": 512, "pids": 200}),),
        ),
        Plan(name="shop-worker-1", image="registry.example.com/shop/web:4.12.1", project="shop", network="shop_default",
             user="www", command="worker", changes=((40, {"no_new_privileges": True}),)),
        Plan(name="shop-cron-1", image="registry.example.com/shop/web:4.12.1", project="shop", network="shop_default",
             command="cron", env=(("SHOP_API_TOKEN", "sample-9f27c1d4e8b0"),), changes=((12, {"env": ()}),)),
        Plan(name="shop-cache-1", image="valkey/valkey:8.1", project="shop", network="shop_default", **HARDENED),
    )  # fmt: skip


EXPORTER = Plan(
    name="node-exporter", image="prom/node-exporter:v1.9.1", project="metrics", network="host", pid_mode="host",
    user="nobody", binds=(("/proc", "/host/proc", True), ("/sys", "/host/sys", True)), **LIMITED,
)  # fmt: skip

WORLD: tuple[HostPlan, ...] = (
    HostPlan(
        name="web-01", tags=("public",),
        group="Production", environment="production", owner="Web team", icc=False,
        containers=(
            *shop(), EXPORTER,
            Plan(name="deploy-agent", image="registry.example.com/ops/deploy-agent:2.0", project="ops",
                 network="ops_default", binds=(("/var/run/docker.sock", "/var/run/docker.sock", False),), until=47),
            Plan(name="caddy", image="caddy:2.10", project="edge", network="edge_default", cap_drop=("ALL",),
                 cap_add=("NET_BIND_SERVICE",), ports=(("0.0.0.0", 443, 443),), no_new_privileges=True, **LIMITED),
            Plan(name="adminer", image="adminer:4.8.1", project="tools", network="tools_default",
                 ports=(("0.0.0.0", 8081, 8080),), since=12),
            Plan(name="label-printer", image="registry.example.com/shop/printer:1.3", project="shop",
                 network="shop_default", memory=256, since=55, changes=((0, {"privileged": True}),)),
        ),
    ),
    HostPlan(
        name="web-02", tags=("public",),
        group="Production", environment="production", owner="Web team", icc=False,
        containers=(
            *shop(web_address="0.0.0.0"), EXPORTER,
            Plan(name="deploy-agent", image="registry.example.com/ops/deploy-agent:2.0", project="ops",
                 network="ops_default", binds=(("/var/run/docker.sock", "/var/run/docker.sock", False),), until=58),
        ),
        changes=((30, {"hardened": True}),),
    ),
    HostPlan(
        name="edge-01", tags=("public", "pci"),
        accepted=(AcceptedPlan("docker-socket-mounted", 58, 30, "Until a proxy stands before the socket."),),
        group="Production", environment="production", owner="Platform team", version="29.4.3",
        containers=(
            Plan(name="traefik", image="traefik:v3.5", project="edge", network="edge_default",
                 ports=(("0.0.0.0", 80, 80), ("0.0.0.0", 443, 443)), no_new_privileges=True,
                 binds=(("/var/run/docker.sock", "/var/run/docker.sock", True),), **LIMITED),
            Plan(name="oauth2-proxy", image="registry.example.com/edge/oauth2-proxy:7.9", project="edge",
                 network="edge_default", **HARDENED),
            EXPORTER,
        ),
        changes=((25, {"version": "29.10.0"}),),
    ),
    HostPlan(
        name="db-paris", tags=("pci",),
        group="Production", environment="production", owner="Data team",
        containers=(
            Plan(name="postgres", image="postgres:17.6", project="db", network="db_default", user="999:999",
                 ports=(("10.20.0.4", 5432, 5432),), env=(("POSTGRES_PASSWORD", "sample-4ad1f0"),), memory=8192,
                 changes=((35, {"env": (("POSTGRES_PASSWORD_FILE", "/run/secrets/db"),)}),)),
            Plan(name="pgbackrest", image="woblerr/pgbackrest:2.56", project="db", network="db_default",
                 binds=(("/", "/host", True),), since=9),
            EXPORTER,
        ),
    ),
    HostPlan(
        name="db-lyon", tags=("pci",),
        group="Production", environment="production", owner="Data team", hardened=True, icc=False,
        containers=(
            Plan(name="postgres-replica", image="postgres:17.6", project="db", network="db_default",
                 **{**HARDENED, "user": "999:999", "memory": 8192}),
            EXPORTER,
        ),
    ),
    HostPlan(
        name="mail-01",
        accepted=(AcceptedPlan("writable-root-filesystem", 40, 120, "The queue lies on the root."),),
        group="Production", environment="production", owner="Platform team", live_restore=False,
        containers=(
            Plan(name="postfix", image="registry.example.com/mail/postfix:3.10", project="mail",
                 network="mail_default", ports=(("0.0.0.0", 25, 25), ("0.0.0.0", 587, 587)), **LIMITED),
            Plan(name="rspamd", image="rspamd/rspamd:3.13", project="mail", network="mail_default", user="rspamd",
                 memory=1024, changes=((0, {"pids": 200, "healthcheck": True}),)),
            Plan(name="mail-debug", image="registry.example.com/mail/debug:1", project="mail", privileged=True,
                 network="host", pid_mode="host", since=76, until=69),
            Plan(name="dovecot", image="dovecot/dovecot:2.4", project="mail", network="mail_default",
                 ports=(("0.0.0.0", 993, 993),), changes=((20, LIMITED),)),
        ),
    ),
    HostPlan(
        name="metrics-01", group="Platform", environment="production", owner="Platform team", hardened=True, icc=False,
        containers=(
            Plan(name="prometheus", image="prom/prometheus:v3.6.0", project="metrics", network="metrics_default",
                 **{**HARDENED, "memory": 4096}),
            Plan(name="grafana", image="grafana/grafana:12.2", project="metrics", network="metrics_default",
                 ports=(("127.0.0.1", 3000, 3000),), **HARDENED),
            Plan(name="loki", image="grafana/loki:3.5", project="metrics", network="metrics_default",
                 changes=((39, HARDENED),)),
            Plan(name="cadvisor", image="registry.example.com/metrics/cadvisor:0.53", project="metrics",
                 network="metrics_default", privileged=True, binds=(("/", "/rootfs", True),), until=22),
            EXPORTER,
        ),
    ),
    HostPlan(
        name="ci-runner-01", group="CI", environment="ci", owner="Developer tools",
        containers=(
            Plan(name="runner-1", image="registry.example.com/ci/runner:18.5", project="ci", network="ci_default",
                 privileged=True, changes=((64, {"privileged": False}), (17, LIMITED))),
            Plan(name="runner-2", image="registry.example.com/ci/runner:18.5", project="ci", network="ci_default",
                 since=44),
        ),
        changes=((70, {"userns": True}),),
    ),
    HostPlan(
        name="ci-runner-03", group="CI", environment="ci", owner="Developer tools", version="28.5.2",
        containers=(
            Plan(name="dind", image="docker:29-dind", project="ci", privileged=True, since=21),
            Plan(name="runner-1", image="registry.example.com/ci/runner:18.5", project="ci", network="ci_default",
                 binds=(("/var/run/docker.sock", "/var/run/docker.sock", False),)),
            Plan(name="cache", image="minio/minio:latest", project="ci", network="ci_default",
                 ports=(("0.0.0.0", 9000, 9000),), env=(("MINIO_ROOT_PASSWORD", "sample-77c0aa"),), since=60),
        ),
    ),
    HostPlan(
        name="build-01", group="CI", environment="ci", owner="Developer tools", userns=True, icc=False,
        containers=(
            Plan(name="buildkit", image="moby/buildkit:v0.25-rootless", project="build", network="build_default",
                 memory=8192, pids=4000, cpus=4.0, no_new_privileges=True),
            Plan(name="registry-mirror", image="registry:3", project="build", network="build_default", **HARDENED),
        ),
    ),
    HostPlan(
        name="lab-01", group="Lab", environment="lab", owner="Everybody", version="27.5.1",
        distribution="Ubuntu 24.04.3 LTS", live_restore=False,
        containers=(
            Plan(name="notebook", image="jupyter/base-notebook:latest", ports=(("0.0.0.0", 8888, 8888),),
                 env=(("JUPYTER_TOKEN", "sample-1234ab"),)),
            Plan(name="old-wiki", image="mediawiki:1.35", ports=(("0.0.0.0", 8090, 80),), restart="always", until=33),
            Plan(name="vpn-test", image="registry.example.com/lab/vpn:0.4", network="host",
                 cap_add=("NET_ADMIN", "SYS_MODULE"), since=50, until=15),
        ),
    ),
    HostPlan(
        name="legacy-nas", tags=("legacy",),
        group="Storage", environment="production", owner="Platform team", version="24.0.9",
        distribution="Debian GNU/Linux 11 (bullseye)", live_restore=False, unreachable=4,
        containers=(
            Plan(name="samba", image="registry.example.com/nas/samba:4.17", network="host",
                 binds=(("/srv/shares", "/shares", False),), restart="always"),
            Plan(name="rsync", image="registry.example.com/nas/rsync:3.2", ports=(("0.0.0.0", 873, 873),),
                 binds=(("/srv/shares", "/shares", True),), user="backup"),
        ),
    ),
)  # fmt: skip
