"""A host that means harm: what its containers say is shown as text, and nothing it does breaks a page or a finding."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
from contextlib import closing
from typing import Any, NamedTuple

import pytest
import requests
from playwright.sync_api import expect

from tests.engine.dockerd import Dockerd, running_dockerd
from tests.flows import made_once, product
from tests.flows.browser import signed_in, violations, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.engine,
    pytest.mark.xdist_group("hostile"),
    pytest.mark.timeout(600),
]
SCRIPT = "<script>window.__pwned=1</script>"
PICTURE = '"><img src=x onerror="window.__pwned=1;alert(1)">'
MEGABYTES = 10
CANNOT = "This host does not answer. The Engine broke off in the middle of its answer."
CHECKS = ("no-memory-limit", "runs-as-root", "secret-in-environment", "sensitive-host-path", "no-healthcheck")


class Scene(NamedTuple):
    engine: Dockerd
    running: product.Product
    session: requests.Session

    @property
    def origin(self) -> str:
        return self.running.url

    @property
    def data(self) -> Any:
        return self.running.log.parent / "data"

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.origin + path, timeout=30)

    def scan(self) -> str:
        """Ask for a scan and wait for its end; how it ended."""
        product.press(self.session, f"{self.origin}/hosts/{self.slug}/scan/")
        return self.ended()

    def ended(self) -> str:
        def over() -> bool:
            return bool(self.scans) and self.scans[-1] in ("done", "failed")

        assert product.eventually(over, within=60), self.running.said
        return self.scans[-1]

    @property
    def scans(self) -> list[str]:
        return [str(state) for (state,) in product.rows(self.data, "select state from scans_scan order by id")]

    @property
    def slug(self) -> str:
        return str(product.rows(self.data, "select slug from fleet_host")[0][0])


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A product that has scanned a host on which somebody prepared every text a container can carry."""
    folder = tmp_path_factory.mktemp("hostile")
    with running_dockerd() as engine:
        engine.import_image(changes=(f"LABEL maintainer={json.dumps(SCRIPT)}", 'CMD ["sleep", "600"]'))
        create_all(engine)
        with product.up(made_once.installed(folder / "data"), engine=engine.url) as running:
            running.wait_for("Stop it with Ctrl+C.")
            scene = Scene(engine, running, product.choose_password(running.link))
            assert scene.ended() == "done"
            yield scene


def create_all(engine):
    labels = {
        "com.docker.compose.project": PICTURE,
        "com.docker.compose.service": f"a/../{SCRIPT}?x=1#y",
        "com.docker.compose.container-number": "1",
        "org.opencontainers.image.source": "javascript:window.__pwned=1",
    }
    options = [word for key, value in labels.items() for word in ("--label", f"{key}={value}")]
    options += ["--env", f"{PICTURE}_PASSWORD=hunter2-hunter2", "--env", f"API_KEY={SCRIPT}"]
    options += ["--volume", f"/etc/{SCRIPT.replace('/', '')}:/data", "--publish", "8080:80"]
    engine.docker("create", "--name", "plain-name", *options, "bb:1", "sh", "-c", f"sleep 600; : {SCRIPT} {PICTURE}")
    create(engine, "big", {"Image": "bb:1", "Labels": {"note": "x" * MEGABYTES * 2**20, "html": PICTURE}})


def create(engine, name, body):
    """Past the command line, whose arguments have a limit."""
    connection = http.client.HTTPConnection("localhost", timeout=60)
    connection.sock = socket.socket(socket.AF_UNIX)
    with closing(connection):
        connection.sock.connect(str(engine.socket))
        sent = {"Content-Type": "application/json"}
        connection.request("POST", f"/containers/create?name={name}", json.dumps(body), sent)
        answer = connection.getresponse()
        assert answer.status == 201, answer.read()


def addresses(scene):
    """Every page on which something of these containers stands."""
    host = f"/hosts/{scene.slug}/"
    containers = set(re.findall(rf'href="({host}containers/[^"]+)"', scene.get(host).text))
    lists = [f"/findings/?expand={check}" for check in CHECKS]
    findings = {link for path in lists for link in re.findall(r'href="(/findings/\d+/)[?"]', scene.get(path).text)}
    assert len(containers) == 2
    assert len(findings) > 3
    searched = ("/search/?q=%3Cscript%3E", "/findings/?q=%22%3E%3Cimg", "/findings/?project=%22%3E%3Cimg+src%3Dx%3E")
    return ["/", host, *lists, *sorted(containers), *sorted(findings), *searched]


def test_what_a_container_says_is_text_and_never_runs(chromium, scene):
    seen = ""
    paths = addresses(scene)
    with visiting(chromium, scene.origin, **signed_in(scene.session, scene.origin)) as (page, manners):
        for path in paths:
            answer = page.goto(path)
            page.wait_for_load_state("networkidle")
            assert answer is not None
            assert answer.status == 200, path
            assert page.evaluate("window.__pwned") is None, path
            assert not page.locator("a[href^='javascript' i], img[src=x]").count(), path
            assert not violations(page), path
            seen += page.locator("main").inner_text()
        assert not manners.faults
    assert "<script>window.__pwned=1</script>" in seen
    assert '"><img src=x onerror=' in seen
    assert "hunter2" not in seen


def test_a_huge_label_makes_no_huge_page(scene):
    for path in addresses(scene):
        assert len(scene.get(path).content) < 2**20, path


def test_a_host_that_dies_during_a_scan_fails_it_in_words_and_keeps_its_findings(chromium, scene, tmp_path):
    with running_dockerd() as engine, product.up(made_once.installed(tmp_path / "data"), engine=engine.url) as running:
        engine.import_image()
        engine.docker("create", "--name", "web", "bb:1")
        running.wait_for("Stop it with Ctrl+C.")
        own = Scene(engine, running, product.choose_password(running.link))
        assert own.ended() == "done"
        before = findings(own)
        assert before

        with visiting(chromium, own.origin, **signed_in(own.session, own.origin)) as (page, manners):
            page.goto(f"/hosts/{own.slug}/")
            stand_still(engine)
            page.get_by_role("button", name="Scan now").click()
            expect(page.get_by_text(re.compile(r"Scan #\d+ is running"))).to_be_visible()
            engine.kill()
            expect(page.get_by_text(re.compile(r"Scan #\d+ is running"))).to_have_count(0, timeout=90_000)
            expect(page.locator("main")).to_contain_text(CANNOT)
            assert not manners.faults

        assert own.ended() == "failed"
        assert findings(own) == before


def stand_still(engine):
    """The Engine takes the question, and does not answer."""
    for pid, command in product.family(engine.process.pid).items():
        if command.startswith("dockerd"):
            os.kill(pid, signal.SIGSTOP)


def findings(scene):
    return product.rows(
        scene.data, "select check_name, subject_key, state, changed_at from findings_finding order by id"
    )


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("docker.sock", "Write the full path of the socket"),
        ("/nonexistent/docker.sock", "There is no /nonexistent/docker.sock"),
        ("/etc/passwd", "/etc/passwd"),
        ("/etc", "/etc"),
        (f"/{SCRIPT}", "<script>"),
    ],
)
def test_a_wrong_address_is_answered_in_words(chromium, scene, address, said):
    with visiting(chromium, scene.origin, **signed_in(scene.session, scene.origin)) as (page, manners):
        page.goto("/hosts/add/")
        page.get_by_label("Socket path").fill(address)
        page.get_by_role("button", name="Test connection").click()
        answer = page.locator("#connection")
        expect(answer).to_contain_text(said)
        assert len(answer.inner_text().split()) >= 5
        assert page.evaluate("window.__pwned") is None
        assert not manners.faults
