"""A container, from its line of the listing, its inspect answer, its `top` and its exec sessions."""

from __future__ import annotations

from typing import Any

from secdash.facts import redact
from secdash.facts.message import Message, say
from secdash.facts.model import Container, Unknown
from secdash.facts.parse.changes import writes
from secdash.facts.parse.keys import container_key
from secdash.facts.parse.network_ends import attachments, ports
from secdash.facts.parse.parts import (
    capability,
    command,
    day,
    device,
    device_request,
    env,
    healthcheck,
    labels,
    mount,
    read_command,
    told_with_labels,
    ulimit,
)
from secdash.facts.parse.processes import live_execs, processes
from secdash.facts.parse.reading import (
    Field,
    Node,
    first_text,
    flag,
    in_any_order,
    in_order,
    names,
    optional,
    pairs,
    read_all,
    records,
    text,
    whole,
)

TEXTS = in_order(text)

TOP_LEVEL = {
    "image_id": Field("Image", text),
    "created": Field("Created", text),
    "apparmor_profile": Field("AppArmorProfile", text),
    "process_label": Field("ProcessLabel", text),
    "restart_count": Field("RestartCount", whole),
    "mounts": Field("Mounts", records(mount), null=()),
    "state": Field("State.Status", text),
    "started": Field("State.StartedAt", day),
    "health": optional("State.Health.Status", text, ""),
}

CONFIG = {
    "image": Field("Image", text),
    "labels": optional("Labels", labels, ()),
    "user": Field("User", text, absent=""),
    "env": optional("Env", env, ()),
    "entrypoint": optional("Entrypoint", command, None),
    "working_dir": Field("WorkingDir", text, absent=""),
    "hostname": Field("Hostname", text, absent=""),
    "domainname": Field("Domainname", text, absent=""),
    "tty": Field("Tty", flag),
    "open_stdin": Field("OpenStdin", flag),
    "stop_signal": Field("StopSignal", text, absent=""),
    "stop_timeout": optional("StopTimeout", whole, None),
    "healthcheck": optional("Healthcheck", healthcheck, ()),
    "exposed_ports": optional("ExposedPorts", names, ()),
}

HOST_CONFIG = {
    "init": optional("Init", flag, None),
    "privileged": Field("Privileged", flag),
    "cap_add": Field("CapAdd", in_any_order(capability), null=()),
    "cap_drop": Field("CapDrop", in_any_order(capability), null=()),
    "security_opt": Field("SecurityOpt", TEXTS, null=()),  # of two alike the last counts
    "masked_paths": Field("MaskedPaths", in_any_order(text), null=None),
    "readonly_paths": Field("ReadonlyPaths", in_any_order(text), null=None),
    "group_add": Field("GroupAdd", in_any_order(text), null=()),
    "devices": Field("Devices", records(device), null=()),
    "device_cgroup_rules": Field("DeviceCgroupRules", in_any_order(text), null=()),
    "device_requests": Field("DeviceRequests", in_any_order(device_request), null=()),
    "sysctls": optional("Sysctls", pairs, ()),
    "runtime": Field("Runtime", text),
    "network_mode": Field("NetworkMode", text),
    "pid_mode": Field("PidMode", text),
    "ipc_mode": Field("IpcMode", text),
    "uts_mode": Field("UTSMode", text),
    "userns_mode": Field("UsernsMode", text),
    "cgroupns_mode": Field("CgroupnsMode", text),
    "cgroup_parent": Field("CgroupParent", text),
    "readonly_rootfs": Field("ReadonlyRootfs", flag),
    "tmpfs": optional("Tmpfs", pairs, ()),
    "volumes_from": Field("VolumesFrom", TEXTS, null=()),
    "shm_size": Field("ShmSize", whole),
    "memory": Field("Memory", whole),
    "memory_swap": Field("MemorySwap", whole),
    "memory_reservation": Field("MemoryReservation", whole),
    "nano_cpus": Field("NanoCpus", whole),
    "cpu_shares": Field("CpuShares", whole),
    "cpu_quota": Field("CpuQuota", whole),
    "cpu_period": Field("CpuPeriod", whole),
    "cpuset_cpus": Field("CpusetCpus", text),
    "pids_limit": Field("PidsLimit", whole, null=0),
    "ulimits": Field("Ulimits", records(ulimit), null=()),
    "oom_kill_disable": Field("OomKillDisable", flag, null=False),
    "oom_score_adj": Field("OomScoreAdj", whole),
    "restart_policy": Field("RestartPolicy.Name", lambda value: text(value) or "no"),
    "restart_max": Field("RestartPolicy.MaximumRetryCount", whole),
    "auto_remove": Field("AutoRemove", flag),
    "log_driver": Field("LogConfig.Type", text),
    "log_options": Field("LogConfig.Config", lambda value: redact.masked_pairs(pairs(value)), null=()),
    "publish_all": Field("PublishAllPorts", flag),
    "links": Field("Links", in_any_order(text), null=()),
    "extra_hosts": Field("ExtraHosts", TEXTS, null=()),
    "dns": Field("Dns", TEXTS, null=()),
    "dns_search": Field("DnsSearch", TEXTS, null=()),
    "dns_options": Field("DnsOptions", TEXTS, null=()),
}

LISTED = {
    "image": Field("Image", text),
    "image_id": Field("ImageID", text),
    "state": Field("State", text),
    "labels": optional("Labels", labels, ()),
}

PODMAN_SAYS_THE_SAME = say("Podman gives the same answer whichever mode the container has.")
PODMAN_LEAVES_IT_OUT = say("Podman does not tell this through the Docker API.")
# What Podman's answer is when it means nothing (measured on 4.3.1; `test_other_engines` sees it)
PODMAN_EMPTY: dict[str, tuple[object, Message]] = {
    "ipc_mode": ("shareable", PODMAN_SAYS_THE_SAME),
    "userns_mode": ("", PODMAN_SAYS_THE_SAME),
    "cgroupns_mode": ("", PODMAN_LEAVES_IT_OUT),
    "masked_paths": (None, PODMAN_LEAVES_IT_OUT),
    "readonly_paths": (None, PODMAN_LEAVES_IT_OUT),
    "sysctls": ((), PODMAN_LEAVES_IT_OUT),
    "device_cgroup_rules": ((), PODMAN_LEAVES_IT_OUT),
    "publish_all": (False, PODMAN_LEAVES_IT_OUT),
    "memory_swap": (0, say("Podman answers 0 as well where swap has no limit.")),
}


def parse_container(
    listed: object, inspect: object, top: object, execs: object, podman: bool, changes: object = False
) -> Container:
    """Any of it may be missing, wrong or a Failure. The key is not yet made unique among the host's containers."""
    line, answer = Node(listed), Node(inspect)
    id_ = first_text(line.at("Id"), answer.at("Id"))
    name = _name(line, answer, id_)
    facts = _facts(line, answer, podman)
    written, programs = writes(changes, facts["state"], facts["readonly_rootfs"])
    return Container(
        id=id_,
        name=name,
        key=container_key(name, facts["labels"]),
        processes=processes(top, facts["state"]),
        execs=live_execs(execs, answer.at("ExecIDs"), answer.at("Config", "Healthcheck", "Test")),
        ports=ports(answer),
        attachments=attachments(answer.at("NetworkSettings", "Networks"), id_),
        told_secrets=answer.at("Config").read(told_with_labels),
        written=written,
        changed_programs=programs,
        **facts,
    )


def _facts(line: Node, answer: Node, podman: bool) -> dict[str, Any]:
    facts = {
        **read_all(answer, TOP_LEVEL),
        **read_all(answer.at("Config"), CONFIG),
        **read_all(answer.at("HostConfig"), HOST_CONFIG),
    }
    facts["command"] = read_command(answer.at("Config"))
    for name, value in read_all(line, LISTED).items():
        if isinstance(facts[name], Unknown) and not isinstance(value, Unknown):
            facts[name] = value
    return _without_podmans_guesses(facts) if podman else facts


def _without_podmans_guesses(facts: dict[str, Any]) -> dict[str, Any]:
    meaningless = {name: Unknown(why) for name, (empty, why) in PODMAN_EMPTY.items() if facts[name] == empty}
    return {**facts, **meaningless}


def _name(line: Node, answer: Node, id_: str) -> str:
    listed = line.at("Names").read(in_order(text), null=())
    names_ = (Node(name) for name in (listed if isinstance(listed, tuple) else ()))
    return first_text(answer.at("Name"), *names_).removeprefix("/") or id_[:12]
