"""Secrets planted wherever a host can hold them: none of their values is in the database, a log, an output, a page."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import zstandard
from django.apps import apps
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.checks.benchmark_manual import MANUAL
from secdash.facts.model import KINDS
from secdash.findings.models import Finding
from secdash.fleet import services as fleet
from secdash.fleet.models import Connection, Host
from secdash.scans import services
from secdash.scans.models import ImageInventory, Scan, Snapshot
from tests.cast import signed_in
from tests.engine.archives import a_file, a_tar
from tests.engine.dockerd import Dockerd, running_dockerd
from tests.engine.parts import free_port
from tests.flows.host_tree import processes, put

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("secrets")]
FORMATS = ("table", "json", "csv", "markdown", "sarif", "junit")
FEWEST = 60


class Markers:
    """Hands out values that stand nowhere else, and remembers where each was planted."""

    def __init__(self) -> None:
        self.planted: dict[str, str] = {}

    def plant(self, where: str, shape: str = "{}") -> str:
        marker = f"mK{len(self.planted):02}Zq7vX9sR4tW8"
        self.planted[marker] = where
        return shape.format(marker)

    def in_text(self, text: str) -> list[str]:
        return [where for marker, where in self.planted.items() if marker in text]


MARKERS = Markers()
JWT = "eyJhbGciOiJIUzI1NiJ9.{0}{0}.c2lnbmF0dXJlLW9mLXRva2Vu"
KEY = "-----BEGIN RSA PRIVATE KEY-----\n{0}\n-----END RSA PRIVATE KEY-----"


def environment() -> list[str]:
    plant = MARKERS.plant
    return [
        f"DB_PASSWORD={plant('env: name with password')}",
        f"API_TOKEN={plant('env: name with token')}",
        f"AWS_SECRET_ACCESS_KEY={plant('env: secret key')}",
        f"apiKey={plant('env: camel case')}",
        f"SMTP_PASS={plant('env: pass')}",
        f"DATABASE_URL={plant('env: password in a URL', 'postgres://app:{}@db/app')}",
        f"UPSTREAM={plant('env: URL without a telling name', 'https://u:{}@example.org/')}",
        f"ONE={plant('env: GitHub token', 'ghp_{0}{0}')}",
        f"TWO={plant('env: JSON web token', JWT)}",
        f"THREE={plant('env: private key', KEY)}",
        f"FOUR={plant('env: Slack token', 'xoxb-{}')}",
        f"FIVE={plant('env: connection string', 'Server=db;Password={};')}",
    ]


def labels(where: str) -> list[str]:
    plant = MARKERS.plant
    return [
        f"org.example.password={plant(f'{where}: label with password')}",
        f"org.example.url={plant(f'{where}: label with a URL', 'https://u:{}@example.org/')}",
    ]


def fill(engine: Dockerd) -> None:
    plant = MARKERS.plant
    engine.import_image()
    engine.docker("import", "-", "vault:1", stdin=archive_with_secrets())
    build_image(engine)
    words = [word for entry in environment() for word in ("--env", entry)]
    words += [word for label in labels("container") for word in ("--label", label)]
    words += ["--health-cmd", plant("health check", "curl -u user:{} http://127.0.0.1/")]
    engine.docker(
        *("run", "--detach", "--name", "env", *words, "bb:1", "sh", "-c", "sleep 600; exit 0", "x"),
        f"--password={plant('command: --password=')}",
        *("--token", plant("command: --token")),
        plant("command: bearer", "Authorization: Bearer {}1="),
    )
    engine.docker(
        *("create", "--name", "entry", "--entrypoint", "mysql", "bb:1"),
        plant("command: mysql -p", "-p{}"),
        plant("command: URL", "redis://:{}@cache/0"),
    )
    engine.docker("exec", "--detach", "env", "sleep", "500", f"--password={plant('exec: --password=')}")
    others(engine)
    writes(engine)
    plugin(engine)
    swarm(engine)


def archive_with_secrets() -> bytes:
    """The files of an image in which people forget such things."""
    plant = MARKERS.plant
    files = {
        "root/.npmrc": plant("image file: npm", "//registry.example.org/:_authToken=npm_{0}{0}\n"),
        "root/.ssh/id_rsa": plant("image file: private key", KEY),
        "root/.netrc": plant("image file: netrc", "machine git.example.org login me password {}\n"),
        "root/.docker/config.json": plant("image file: login", '{{"auths": {{"r.example.org": {{"auth": "{}"}}}}}}'),
        "root/.git-credentials": plant("image file: git", "https://me:{}@git.example.org\n"),
        "app/.env": plant("image file: .env", "DB_PASSWORD={}\n"),
        "etc/shadow": plant("image file: shadow", "root:$6$salt${0}{0}:19000:0:99999:7:::\nnobody::1::::::\n"),
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n",
        "etc/os-release": plant("image file: os-release", 'ID=debian\nVERSION_ID="9"\nHOME_URL="https://u:{}@x/"\n'),
    }
    return a_tar(*(a_file(name, content.encode()) for name, content in files.items()))


def writes(engine: Dockerd) -> None:
    """A container that has a secret in programs and files of its own, which its image does not have."""
    plant = MARKERS.plant
    engine.docker("run", "--detach", "--name", "writer", "bb:1", "sleep", "600")
    for path in ("/bin/foreign", "/data/kept/password"):
        into = ("exec", "--interactive", "writer", "sh", "-c", f"mkdir -p /data/kept; cat > {path}")
        engine.docker(*into, stdin=plant(f"written file: {path}").encode())


def plugin(engine: Dockerd) -> None:
    plant = MARKERS.plant
    folder = engine.folder / "plugin"
    (folder / "rootfs").mkdir(parents=True)
    settings = {
        "Description": "logs",
        "Entrypoint": ["/serve", "--token", plant("plugin: argument of its program")],
        "Interface": {"Types": ["docker.logdriver/1.0"], "Socket": "logs.sock"},
        "Network": {"Type": "host"},
        "Linux": {"Capabilities": ["CAP_SYS_ADMIN"]},
        "Env": [{"Name": "API_TOKEN", "Value": plant("plugin: env"), "Settable": ["value"]}],
        "Args": {"Name": "args", "Value": ["--password", plant("plugin: argument")], "Settable": ["value"]},
    }
    (folder / "config.json").write_text(json.dumps(settings))
    engine.docker("plugin", "create", "leaky", str(folder))


def others(engine: Dockerd) -> None:
    plant = MARKERS.plant
    share = plant("volume: password among its options", "username=u,password={}")
    engine.docker("volume", "create", "--opt", "type=cifs", "--opt", "device=//x/y", "--opt", f"o={share}", "share")
    bound = plant("volume: password beside a bind", "bind,password={}")
    engine.docker("volume", "create", "--opt", "type=none", "--opt", "device=/etc", "--opt", f"o={bound}", "bound")
    engine.docker("volume", "create", "--label", f"org.example.token={plant('volume: label')}", "labelled")
    engine.docker(
        "network", "create", "--label", f"org.example.token={plant('network: label')}", "--opt",
        f"org.example.password={plant('network: option')}", "app",
    )  # fmt: skip
    engine.docker(
        *("create", "--name", "logged", "--log-driver", "splunk", "--log-opt", "splunk-url=https://logs.example.org"),
        *("--log-opt", f"splunk-token={plant('log option')}", "bb:1", "sh"),
    )


def build_image(engine: Dockerd) -> None:
    plant = MARKERS.plant
    lines = [
        "FROM bb:1",
        "ARG BUILD_TOKEN",
        f"ENV IMAGE_PASSWORD={plant('image: ENV')}",
        f"LABEL org.example.secret={plant('image: LABEL')}",
        f"RUN : --password {plant('image: RUN')}",
        f"RUN : curl {plant('image: RUN with a URL', 'https://u:{}@example.org/x')}",
        f"HEALTHCHECK CMD curl -u me:{plant('image: HEALTHCHECK')} http://127.0.0.1/",
        f"ONBUILD RUN : --token {plant('image: ONBUILD')}",
        f'CMD ["serve", "--api-key", "{plant("image: CMD")}"]',
    ]
    argument = f"BUILD_TOKEN={plant('image: build argument')}"
    context = "\n".join(lines).encode()
    engine.docker(
        "build", "--tag", "leaky:1", "--build-arg", argument, "-", stdin=context, env={"DOCKER_BUILDKIT": "0"}
    )


def swarm(engine: Dockerd) -> None:
    plant = MARKERS.plant
    engine.docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", f"127.0.0.1:{free_port()}")
    engine.docker("secret", "create", "kept", "-", stdin=plant("swarm: a secret's value").encode())
    engine.docker(
        *("network", "create", "--driver", "overlay", "--label", f"org.example.token={plant('overlay: label')}"),
        *("--opt", f"org.example.url={plant('overlay: option', 'https://u:{}@example.org/')}", "over"),
    )
    words = [word for label in labels("service") for word in ("--container-label", label)]
    engine.docker(
        *("service", "create", "--detach", "--replicas", "0", "--name", "shop", *words),
        *("--label", f"org.example.password={plant('service: label of its own')}"),
        *("--log-driver", "splunk", "--log-opt", f"splunk-token={plant('service: log option')}"),
        *("--health-cmd", plant("service: health check", "curl -u user:{} http://127.0.0.1/")),
        *("--env", f"DB_PASSWORD={plant('service: env')}"),
        *("--env", f"URL={plant('service: URL in env', 'amqp://u:{}@mq/')}", "bb:1", "serve"),
        *("--password", plant("service: argument")),
    )
    tokens = engine.docker("swarm", "join-token", "--quiet", "worker")
    MARKERS.planted[tokens.rpartition("-")[2]] = "swarm: join token"


@pytest.fixture(scope="module")
def engine() -> Iterator[Dockerd]:
    plant = MARKERS.plant
    proxy = plant("daemon: proxy", "http://u:{}@proxy.example.org:3128")
    config = {
        "labels": [f"org.example.password={plant('daemon: label')}"],
        "log-opts": {"tag": plant("daemon.json: log option", "https://u:{}@example.org/")},
        "runtimes": {
            "vaulted": {
                "path": "/usr/bin/runc",
                "runtimeArgs": [
                    *("--token", plant("daemon.json: argument of a runtime")),
                    plant("daemon.json: another", "--password={}"),
                ],
            }
        },
    }
    with running_dockerd(config=config, env={"HTTPS_PROXY": proxy}) as engine:
        fill(engine)
        yield engine


@pytest.fixture(scope="module")
def tree(engine: Dockerd, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of the host, whose files of Docker hold secrets in every place that takes an option or a variable."""
    plant, root = MARKERS.plant, tmp_path_factory.mktemp("host")
    content = {
        "log-opts": {"splunk-token": plant("file: log option")},
        "proxies": {"https-proxy": plant("file: proxy", "http://u:{}@proxy.example.org:3128")},
        "runtimes": {"x": {"path": "/usr/bin/x", "runtimeArgs": ["--token", plant("file: argument of a runtime")]}},
        "labels": [plant("file: label", "org.example.password={}")],
    }
    variable = plant("unit: variable", "HTTPS_PROXY=http://u:{}@proxy.example.org")
    token = plant("unit: option", "--log-opt splunk-token={}")
    unit = f'[Service]\nEnvironment="{variable}"\nExecStart=/usr/bin/dockerd {token} $DOCKER_OPTS\n'
    drop_in = plant("drop-in: variable", "[Service]\nEnvironment=REGISTRY_PASSWORD={}\n")
    put(root, "/etc/docker/daemon.json", json.dumps(content))
    put(root, "/etc/default/docker", plant("default file", 'DOCKER_OPTS="--label org.example.password={}"\n'))
    put(root, "/usr/lib/systemd/system/docker.service", unit)
    put(root, "/etc/systemd/system/docker.service.d/proxy.conf", drop_in)
    put(root, "/etc/hostname", engine.get("/info")["Name"])
    put(root, "/etc/passwd", plant("accounts: a hash where it does not belong", "root:$6$s${0}{0}:0:0::/:/bin/sh\n"))
    put(root, "/etc/group", "root:x:0:\n")
    processes(root, engine.get("/info")["DockerRootDir"], "--log-opt", plant("process: option", "splunk-token={}"))
    return root


@pytest.fixture(params=[(Host.Files.LOCAL, Host.Images.EXPORT), (Host.Files.ARCHIVE, Host.Images.ARCHIVE)], ids=str)
def scanned(
    request: pytest.FixtureRequest,
    engine: Dockerd,
    tree: Path,
    settings: Any,
    db: None,
    caplog: pytest.LogCaptureFixture,
) -> tuple[Host, str]:
    """The host after a scan of it, its files and images read in both ways, and what was logged meanwhile."""
    caplog.set_level(logging.DEBUG)
    files, images = request.param
    settings.HOST_ROOT = str(tree)
    host = fleet.register(
        "web-01",
        kind=Connection.Kind.UNIX,
        address=str(engine.socket),
        at=timezone.now(),
        file_reading=files,
        image_reading=images,
    )
    scan = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now())
    services.run(scan.pk)
    scan.refresh_from_db()
    assert scan.state == Scan.State.DONE, scan.error
    return host, caplog.text


def test_sixty_secrets_are_planted_and_the_engine_tells_them(engine: Dockerd) -> None:
    answers = [engine.get("/containers/json?all=1"), engine.get("/volumes"), engine.get("/services")]
    answers += [engine.get(f"/containers/{each['Id']}/json") for each in answers[0]]
    answers += [engine.get(f"/images/leaky:1/{part}") for part in ("json", "history")]

    assert len(MARKERS.planted) >= FEWEST
    assert len(MARKERS.in_text(json.dumps(answers))) > FEWEST // 2


def test_the_scan_found_them_and_no_value_is_in_database_log_page_or_export(scanned: tuple[Host, str]) -> None:
    """In one, since each way of reading is a scan of all that was planted."""
    host, logged = scanned

    assert_found(host)
    assert MARKERS.in_text(logged) == []
    assert MARKERS.in_text(whole_database()) == []
    assert told_on_pages(host) == {}


def assert_found(host: Host) -> None:
    """So that silence is not for want of reading."""
    found = set(Finding.objects.open().values_list("check_name", flat=True))
    kinds = set(Finding.objects.open().values_list("subject_kind", flat=True))

    assert {"secret-in-environment", "secret-in-image", "service-secret-in-environment"} <= found
    assert {"secret-in-command-or-label", "secret-file-in-image", "image-empty-password", "programs-changed"} <= found
    assert kinds == set(KINDS)
    assert ("https-proxy" in whole_database()) == (host.file_reading == Host.Files.LOCAL)  # of the daemon.json above


def whole_database() -> str:
    rows = [str(row) for model in apps.get_models() for row in model._base_manager.values()]
    snapshots, inventories = Snapshot.objects.all(), ImageInventory.objects.exclude(content=b"")
    contents = [zstandard.decompress(bytes(each.content)).decode() for each in (*snapshots, *inventories)]
    assert len(snapshots) == 1
    assert len(inventories) >= len(("bb:1", "leaky:1", "vault:1"))
    return "\n".join(rows + contents)


@pytest.mark.parametrize(("form", "deep"), [*zip(FORMATS, cycle(("export", "archive")), strict=False)])
def test_no_value_is_in_an_output_of_the_command_line(
    engine: Dockerd,
    tree: Path,
    form: str,
    deep: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In this process: `tests/posture/test_command_line.py` starts it as people do."""
    options = ["--format", form, "--deep", deep, "--host-root", str(tree)]
    with pytest.raises(SystemExit) as ended:
        call_command("scan", engine.url, *options)
    written = capsys.readouterr()

    assert ended.value.code == 1, written.err
    assert MARKERS.in_text(written.out + written.err + caplog.text) == []


def told_on_pages(host: Host) -> dict[str, list[str]]:
    """What was planted, by the page or the export that shows it."""
    call_command("load_guide", verbosity=0)
    client = signed_in(Role.ADMINISTRATOR)
    checks = Finding.objects.values_list("check_name", flat=True).distinct()
    keys = Finding.objects.filter(subject_kind="container").values_list("subject_key", flat=True).distinct()
    pages = [reverse("overview"), reverse("findings"), reverse("host", args=[host.slug]), reverse("search") + "?q=mK"]
    pages += [reverse("findings-export", args=[kind]) for kind in ("csv", "json", "sarif", "xml", "md")]
    pages += [f"{reverse('finding-group')}?{urlencode({'key': check})}" for check in checks]
    pages += [reverse(page) for page in ("hosts", "threats", "causes", "plan", "acceptances", "why-moved", "as-of")]
    pages += [reverse(page, args=[host.slug]) for page in ("host-stories", "host-timeline")]
    pages += [reverse("report", args=["management"]), reverse("report", args=["evidence"]), reverse("report-csv")]
    pages += [reverse("plan-export", args=["md"])]
    pages += [reverse(page, args=[host.slug, key]) for key in keys for page in ("container", "hardened")]
    pages += [reverse("host-edit", args=[host.slug]), reverse("checks"), reverse("benchmark")]
    pages += [reverse("benchmark-export", args=[kind]) for kind in ("csv", "json")]
    pages += [reverse("containers-export", args=[host.slug, kind]) for kind in ("csv", "json", "md")]
    pages += [reverse("benchmark-item", args=[item]) for item in MANUAL]
    pages += [reverse("attestation", args=[item, host.slug]) for item in MANUAL]
    pages += [reverse("check", args=[check]) for check in checks]
    pages += [each.get_absolute_url() for each in Finding.objects.all()]

    assert len(pages) > FEWEST
    told = {url: MARKERS.in_text(read(client, url)) for url in pages}
    return {url: where for url, where in told.items() if where}


def read(client: Any, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.getvalue().decode()
