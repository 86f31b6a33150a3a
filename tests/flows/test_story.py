"""The whole story in a browser: a real container's fault is found, explained in two languages, mended, and resolved.

Told twice, each time with a real worker: on what `manage.py up` starts, and on PostgreSQL and Redis with the processes
of docker-compose.yml.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from contextlib import contextmanager

import psycopg
import pytest
from playwright.sync_api import expect

from secdash.environment import BASE
from tests.engine import parts
from tests.engine.dockerd import running_dockerd
from tests.flows import made_once, product
from tests.flows.browser import violations, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.engine,
    pytest.mark.services,
    pytest.mark.xdist_group("story"),
    pytest.mark.timeout(600),
]
CONTAINER = "shop-web-1"
CHECK = "published-on-all-interfaces"
LABELS = {"project": "shop", "service": "web", "container-number": "1"}
WORDS = BASE / "secdash" / "locale" / "fr" / "LC_MESSAGES" / "django.mo"


@pytest.fixture(scope="module")
def engine():
    with running_dockerd() as engine:
        engine.import_image()
        yield engine


@pytest.fixture
def faulty(engine):
    """A service of a Compose project that everybody who reaches the host can reach too."""
    labels = [word for key, value in LABELS.items() for word in ("--label", f"com.docker.compose.{key}={value}")]
    options = ("--publish", "8080:80", "--env", "MODE=fast", "--memory", "64m", *labels)
    engine.docker("run", "--detach", "--name", CONTAINER, *options, "bb:1", "sleep", "600")
    yield
    engine.docker("rm", "--force", CONTAINER)


def a_database(url):
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("drop database if exists story")
        server.execute("create database story")
    return url.removesuffix("/postgres") + "/story"


def test_the_story_on_what_one_command_starts(tmp_path, engine, faulty, chromium):
    with product.up(tmp_path / "data", engine=engine.url) as running:
        running.wait_for("Stop it with Ctrl+C.")
        tell_the_story(running, engine, chromium)


def test_the_story_on_postgresql_and_redis(tmp_path, engine, faulty, chromium, redis_url, postgres_url):
    """Web, worker and beat apart, as docker-compose.yml runs them."""
    servers = {
        "REDIS_URL": redis_url.replace("/0", "/7"),
        "DATABASE_URL": a_database(postgres_url),
        "SECDASH_SECRET_KEY": "the same long random text in every process of this test",
    }
    made_once.prepare(tmp_path, made_once.MIGRATE, ("load_guide",), ("register_local",), engine=engine.url, **servers)
    worker = ("celery", "-A", "secdash", "worker", "--concurrency", "2", "--without-gossip", "--without-mingle")
    beat = ("celery", "-A", "secdash", "beat", "--schedule", str(tmp_path / "beat-schedule"))
    with product.services(tmp_path, (worker, beat), engine=engine.url, **servers) as running:
        running.log.write_text(running.said + running.manage("first_admin"))
        tell_the_story(running, engine, chromium)


def tell_the_story(running, engine, chromium):
    parts.require(WORDS.is_file(), "the French texts are not compiled (make env)")
    with visiting(chromium, running.url) as (page, manners):
        choose_a_password(page, running.link)
        see_the_host_scanned(page)
        finding = open_the_finding(page)
        read_why_and_how(page)
        read_it_in_french(page)
        line = the_line_that_mends(page)
        mend(engine, line)
        rescan_and_watch(page, running)
        see_it_resolved(page, finding)
        assert not violations(page)
        assert not manners.faults


def choose_a_password(page, link):
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome")
    for field in page.locator("input[type=password]").all():
        field.fill(product.PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def see_the_host_scanned(page):
    """The first scan is due at once; the overview counts its container as soon as it is done."""

    def counted():
        page.goto("/")
        return page.get_by_text("1 container.").or_(page.get_by_text("1 host, 1 container")).count() > 0

    assert product.eventually(counted), page.locator("main").inner_text()
    page.get_by_role("link", name="Hosts").first.click()
    page.locator("main table a").first.click()
    expect(page.get_by_role("cell", name=CONTAINER).first).to_be_visible()
    expect(page.get_by_text("Docker Engine").first).to_be_visible()


def open_the_finding(page):
    """From the list of findings, by its group, as a person goes; the finding's address."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Findings").click()
    page.locator(f"#group-{CHECK} .g-chev").click()
    page.locator(f"#group-{CHECK}").get_by_role("link", name=CONTAINER).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{CONTAINER} – Published on every interface")
    expect(page.get_by_text("open", exact=True).first).to_be_visible()
    return page.url


def read_why_and_how(page):
    why = section(page, "Why it matters")
    expect(why.locator("[lang=en]")).to_be_visible()
    assert len(why.inner_text().split()) > 40
    how = section(page, "How to fix it")
    expect(how.locator("table.diff, .diff").first).to_contain_text("127.0.0.1:8080:80")
    expect(section(page, "Evidence")).to_contain_text(":8080:80")


def read_it_in_french(page):
    page.locator("form[action*=language] button").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("main [lang=fr]").first).to_be_visible()
    for heading in ("Pourquoi c’est important", "Comment corriger", "Historique"):
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    assert not page.locator("main [lang=en]").count()
    page.locator("form[action*=language] button").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def the_line_that_mends(page):
    page.get_by_role("link", name="docker run").or_(page.get_by_role("tab", name="docker run")).first.click()
    line = page.locator("#run-after")
    expect(line).to_be_visible()
    return line.inner_text()


def mend(engine, line):
    """Remove the container and run what the page says, in a shell that knows the variables' values."""
    assert "--publish 127.0.0.1:8080:80" in line
    assert "fast" not in line  # values of variables never reach a page
    shell = {"PATH": os.environ["PATH"], "HOME": str(engine.folder), "DOCKER_HOST": engine.url, "MODE": "fast"}
    done = subprocess.run(
        ["sh", "-ec", f"docker rm --force {CONTAINER}\n{line}"], env=shell, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    inspected = engine.get(f"/containers/{CONTAINER}/json")
    assert inspected["State"]["Running"]
    assert "MODE=fast" in inspected["Config"]["Env"]


def rescan_and_watch(page, running):
    """Press the button; a worker that is held shows what waiting looks like, and the page moves on by itself."""
    with held(running):
        page.get_by_role("button", name=re.compile("^Rescan")).click()
        expect(page.get_by_text(re.compile(r"Scan #\d+ is queued"))).to_be_visible()
        expect(page.locator("[aria-current=step]")).to_have_text(re.compile("Queued"))
    expect(page.get_by_text(re.compile(r"Scan #\d+ is (queued|running)"))).to_have_count(0, timeout=60_000)


@contextmanager
def held(running):
    """The workers stand still."""
    pids = [pid for root in running.processes for pid in (root.pid, *product.family(root.pid)) if is_worker(pid)]
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def is_worker(pid):
    words = product.command_of(pid).split()
    return "celery" in words and "worker" in words


def see_it_resolved(page, finding):
    """On the very page where it was read: it has reloaded itself."""
    assert page.url == finding
    expect(page.get_by_text("resolved", exact=True).first).to_be_visible()
    steps = section(page, "History").get_by_role("listitem")
    expect(steps).to_have_count(2)
    expect(section(page, "History")).to_contain_text("Resolved")
    expect(section(page, "History")).to_contain_text("fixed")
    expect(section(page, "History")).to_contain_text("Opened")
    page.goto(f"/findings/?state=resolved&expand={CHECK}")
    expect(page.locator(f"#group-{CHECK}").get_by_role("link", name=CONTAINER)).to_be_visible()


def section(page, heading):
    return page.locator("main .sheet").filter(has=page.get_by_role("heading", name=heading, exact=True)).first
