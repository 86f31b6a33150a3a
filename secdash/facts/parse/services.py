"""The services of a swarm. A service's specification says the same as an inspect answer in other words: it is put into
those words and parsed as one, so that one reading, and one redaction, holds for both."""

from __future__ import annotations

from typing import Any

import msgspec

from secdash.facts.message import say
from secdash.facts.model import Container, Port, Service, Unknown
from secdash.facts.parse.container import parse_container
from secdash.facts.parse.listings import identified, whole_listing
from secdash.facts.parse.reading import Node, in_record_order, items, mapping, text, whole

ITS_IMAGE_DECIDES = Unknown(say("The service leaves this to its image; look at the checks of that image."))
# What no service can have, so that its absence is a fact.
NEVER = {
    "Privileged": False,
    "PidMode": "",
    "IpcMode": "",
    "UTSMode": "",
    "UsernsMode": "",
    "Devices": None,
    "DeviceCgroupRules": None,
    "DeviceRequests": None,
    "CgroupParent": "",
    "CpuShares": 0,
    "CpuQuota": 0,
    "CpuPeriod": 0,
    "CpusetCpus": "",
}
# {in the inspect answer: in the service's ContainerSpec}
CONFIG = {
    "Image": "Image",
    "Env": "Env",
    "User": "User",
    "Cmd": "Args",
    "Entrypoint": "Command",
    "Labels": "Labels",
    "Healthcheck": "Healthcheck",
}
LEFT_TO_THE_IMAGE = {"user": "User", "healthcheck": "Healthcheck"}
MODES = (
    ("Seccomp", "unconfined", "seccomp=unconfined"),
    ("AppArmor", "disabled", "apparmor=unconfined"),
)


def parse_services(answer: object) -> tuple[Service, ...] | Unknown:
    """None at all where nobody asked, for then the Engine manages none."""
    if answer is None:
        return ()
    listed = Node(answer, "services").read(items)
    return listed if isinstance(listed, Unknown) else whole_listing(listed, _service, lambda service: service.id)


def count_secrets(answer: object) -> int | Unknown:
    """How many secrets the swarm keeps."""
    if answer is None:
        return 0
    listed = Node(answer, "secrets").read(items, null=[])
    return listed if isinstance(listed, Unknown) else len(listed)


def _service(entry: object) -> Service:
    id_, spec = identified(entry, "ID"), Node(entry).at("Spec")
    name = identified(spec.value, "Name")
    return Service(
        id=id_,
        name=name,
        key=name,
        template=_template(id_, name, spec),
        ports=spec.at("EndpointSpec", "Ports").read(_ports, absent=(), null=()),
    )


def _template(id_: str, name: str, spec: Node) -> Container:
    task = spec.at("TaskTemplate")
    own = task.at("ContainerSpec")
    inspect = {"Id": id_, "Name": f"/{name}", **_inspect(own, task.at("Resources", "Limits"))}
    template = parse_container({"Id": id_}, inspect, None, None, podman=False)
    unsaid = {fact: ITS_IMAGE_DECIDES for fact, key in LEFT_TO_THE_IMAGE.items() if not _or_none(own.at(key))}
    return msgspec.structs.replace(template, **unsaid)


def _inspect(own: Node, limits: Node) -> dict[str, Any]:
    return {
        "Config": {name: own.at(key).value for name, key in CONFIG.items() if _or_none(own.at(key))},
        "HostConfig": {
            **NEVER,
            "CapAdd": _or_none(own.at("CapabilityAdd")),
            "CapDrop": _or_none(own.at("CapabilityDrop")),
            "ReadonlyRootfs": _or(own.at("ReadOnly"), False),
            "SecurityOpt": _security_options(own.at("Privileges")),
            "Memory": _or(limits.at("MemoryBytes"), 0),
            "NanoCpus": _or(limits.at("NanoCPUs"), 0),
            "PidsLimit": _or(limits.at("Pids"), 0),
            "Ulimits": _or_none(own.at("Ulimits")),
        },
        "Mounts": own.at("Mounts").read(_mounts, absent=[], null=[]),
    }


def _or(node: Node, otherwise: Any) -> Any:
    """What is there, whatever it is; what the API leaves out is at its default."""
    return node.read(lambda value: value, absent=otherwise, null=otherwise)


def _or_none(node: Node) -> Any:
    return _or(node, None)


def _security_options(privileges: Node) -> Any:
    """As `docker run --security-opt` would write them; the API has had these since Engine 17.06 and 25.0."""
    options = [option for part, mode, option in MODES if privileges.at(part, "Mode").value == mode]
    if privileges.at("SELinuxContext", "Disable").value is True:
        options.append("label=disable")
    if isinstance(asked := privileges.at("NoNewPrivileges").value, bool):
        options.append(f"no-new-privileges={str(asked).lower()}")
    return options


def _mounts(value: object) -> list[Any]:
    return [_mount(mapping(mount)) for mount in items(value)]


def _mount(found: dict[str, Any]) -> dict[str, Any]:
    """A volume that is declared as a bind of the host's path is one."""
    node = Node(found)
    options = node.at("VolumeOptions", "DriverConfig", "Options").read(mapping, absent={}, null={})
    device = options.get("device") if isinstance(options, dict) else None
    how = options.get("o") if isinstance(options, dict) else None
    bound = isinstance(device, str) and isinstance(how, str) and bool({"bind", "rbind"} & set(how.split(",")))
    return {
        "Type": "bind" if bound else found.get("Type"),
        "Source": device if bound else found.get("Source", ""),
        "Name": found.get("Source", "") if found.get("Type") == "volume" and not bound else "",
        "Destination": found.get("Target"),
        "RW": not found.get("ReadOnly", False),
        "Propagation": node.at("BindOptions", "Propagation").read(text, absent="", null=""),
    }


def _ports(value: object) -> tuple[Port, ...]:
    return in_record_order(_port(mapping(port)) for port in items(value))


def _port(found: dict[str, Any]) -> Port:
    """Without a published port the swarm chooses a high one."""
    published = whole(found.get("PublishedPort", 0))
    return Port(whole(found.get("TargetPort")), text(found.get("Protocol", "tcp")), "", str(published or ""))
