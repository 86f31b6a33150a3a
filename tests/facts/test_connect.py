from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import docker.errors
import orjson
import pytest

from secdash.facts.answer import is_deep
from secdash.facts.connect import AnswerError, NoAnswer, ReadOnly, Unreachable, open_engine
from secdash.facts.wire import LARGEST_ANSWER
from tests.engine.recordings import recorded
from tests.engine.replaying_server import Bytes, Cut, Drip, HangUp, InTurn, Silence, recorded_routes, refusal, replaying

VERSION = recorded("docker/version.json")
HTML = Bytes(b"<html>It works</html>", headers=(("Content-Type", "text/html"),))


@pytest.fixture
def folder():
    """A folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="sd-", dir="/tmp") as path:
        yield Path(path)


def why_unreachable(url, **times):
    with pytest.raises(Unreachable) as caught, open_engine(url, **times):
        pass
    return str(caught.value.message)


def test_asks_in_the_version_that_both_speak():
    with replaying(recorded_routes("docker")) as engine, open_engine(engine.url) as client:
        assert client.get_json("/info") == recorded("docker/info.json")

    assert engine.versions == {"", "1.41"}
    assert client.api_version == "1.41"


@pytest.mark.parametrize(
    ("speaks", "asked"), [(("1.51", "1.24"), "1.45"), (("1.24", "1.12"), "1.24"), (("1.60", "1.50"), "1.50")]
)
def test_never_asks_beyond_what_the_engine_or_the_sdk_knows(speaks, asked):
    routes = {"/version": VERSION | {"ApiVersion": speaks[0], "MinAPIVersion": speaks[1]}, "/info": {}}
    with replaying(routes) as engine, open_engine(engine.url) as client:
        client.get_json("/info")

    assert engine.versions == {"", asked}


def test_a_bare_path_is_an_address_too():
    with replaying(recorded_routes()) as engine, open_engine(engine.url.removeprefix("unix://")) as client:
        assert client.get_json("/version") == VERSION


def test_where_a_proxy_refuses_the_version_the_ping_tells_it():
    ping = Bytes(b"OK", headers=(("Api-Version", "1.41"),))
    with (
        replaying({"/version": refusal(403), "/_ping": ping, "/info": {"a": 1}}) as engine,
        open_engine(engine.url) as client,
    ):
        assert client.get_json("/info") == {"a": 1}


def test_a_ping_without_a_version_is_not_docker():
    with replaying({"/version": HTML, "/_ping": Bytes(b"OK")}) as engine:
        assert "not a Docker Engine" in why_unreachable(engine.url)


def test_one_connection_serves_all_questions():
    with replaying(recorded_routes()) as engine, open_engine(engine.url) as client:
        for _ in range(5):
            client.get_json("/info")

    assert engine.connections == 1


def test_the_environment_changes_nothing(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")

    with replaying(recorded_routes()) as engine, open_engine(engine.url) as client:
        assert client.trust_env is False
        assert client.version()["ApiVersion"] == "1.41"


WRITES = {
    "create_container": lambda client: client.create_container("bb:1", "sh"),
    "start": lambda client: client.start("c"),
    "stop": lambda client: client.stop("c"),
    "kill": lambda client: client.kill("c"),
    "remove_container": lambda client: client.remove_container("c"),
    "exec_create": lambda client: client.exec_create("c", "id"),
    "attach": lambda client: client.attach("c"),
    "commit": lambda client: client.commit("c"),
    "put_archive": lambda client: client.put_archive("c", "/", b""),
    "pull": lambda client: client.pull("bb", tag="1"),
    "tag": lambda client: client.tag("bb:1", "x"),
    "remove_image": lambda client: client.remove_image("bb:1"),
    "build": lambda client: client.build(fileobj=sys.stdin.buffer, custom_context=True),
    "create_network": lambda client: client.create_network("n"),
    "remove_volume": lambda client: client.remove_volume("v"),
    "prune": lambda client: client.prune_images(),
    "init_swarm": lambda client: client.init_swarm(),
    "update_container": lambda client: client.update_container("c", mem_limit="1g"),
    "session.post": lambda client: client.post("http+docker://localhost/x"),
    "session.put": lambda client: client.put("http+docker://localhost/x"),
    "session.patch": lambda client: client.patch("http+docker://localhost/x"),
    "session.delete": lambda client: client.delete("http+docker://localhost/x"),
    "session.options": lambda client: client.options("http+docker://localhost/x"),
    "session.request": lambda client: client.request("POST", "http+docker://localhost/x"),
    "own connection": lambda client: client._connection.request("DELETE", "/containers/c"),
    "own connection, raw": lambda client: client._connection.putrequest("POST", "/containers/c"),
    "websocket": lambda client: client.attach_socket("c", ws=True),
}


@pytest.mark.parametrize("write", WRITES)
def test_nothing_that_writes_gets_a_byte_out(write):
    with replaying(recorded_routes()) as engine, open_engine(engine.url) as client:
        seen = list(engine.requests)
        with pytest.raises(ReadOnly):
            WRITES[write](client)

        assert engine.requests == seen


def test_the_sdks_reading_verbs_work():
    with replaying(recorded_routes()) as engine, open_engine(engine.url) as client:
        assert len(client.containers(all=True)) == 28
        with pytest.raises(docker.errors.NotFound):
            client.inspect_container("nobody")


# Addresses where no Engine is


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://host", "not the address of a Docker Engine"),
        ("docker.sock", "not the address of a Docker Engine"),
        ("", "not the address of a Docker Engine"),
        ("unix://", "not the address of a Docker Engine"),
        ("unix://relative/docker.sock", "not the address of a Docker Engine"),
        ("unix:///a\0b", "not the address of a Docker Engine"),
        ("unix://[::1", "not the address of a Docker Engine"),
        ("unix:///a?b", "not the address of a Docker Engine"),
        ("unix:///nowhere/docker.sock", "There is no /nowhere/docker.sock"),
        ("unix:///etc/passwd/docker.sock", "There is no"),
        ("unix:///etc/passwd", "/etc/passwd is not a socket"),
        ("unix:///etc", "/etc is not a socket"),
        (f"unix:///tmp/{'x' * 200}", "cannot be opened"),
    ],
)
def test_says_what_is_wrong_with_an_address(url, words):
    assert words in why_unreachable(url)


def test_says_that_nobody_listens(folder):
    path = folder / "docker.sock"
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(path))

    assert "Nobody listens" in why_unreachable(f"unix://{path}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user who may not open the socket")
def test_says_that_it_may_not_open_the_socket():
    with replaying(recorded_routes()) as engine:
        path = Path(engine.url.removeprefix("unix://"))
        path.parent.chmod(0o755)
        path.chmod(0o600)
        script = "import sys; from tests.facts.test_connect import why_unreachable; print(why_unreachable(sys.argv[1]))"
        done = subprocess.run(
            [sys.executable, "-c", f"import os; {_become_nobody()}; {script}", engine.url],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )

    assert "may not open" in done.stdout, done.stderr


def _become_nobody() -> str:
    """Imports first: nobody may not read the packages, perhaps."""
    return "import tests.facts.test_connect; os.setgroups([]); os.setgid(65534); os.setuid(65534)"


def test_does_not_wait_for_ever_for_one_who_keeps_silent(folder):
    path = folder / "docker.sock"
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(path))
        listener.listen(1)
        began = time.monotonic()

        assert "did not answer within 0.2 seconds" in why_unreachable(f"unix://{path}", read_timeout=0.2)
        assert time.monotonic() - began < 2


def test_does_not_wait_for_ever_at_a_crowded_door(folder):
    path = folder / "docker.sock"
    with closing(socket.socket(socket.AF_UNIX)) as listener, closing(socket.socket(socket.AF_UNIX)) as other:
        listener.bind(str(path))
        listener.listen(0)
        other.connect(str(path))

        assert "did not accept a connection in time" in why_unreachable(f"unix://{path}", connect_timeout=0.1)


@pytest.mark.parametrize(
    "answer",
    [HTML, [], {}, None, {"ApiVersion": 1.41}, Bytes(b"\x00\xff"), refusal(404), refusal(500), Bytes(b"", 302)],
)
def test_says_that_something_else_than_docker_answers(answer):
    with replaying({"/version": answer}) as engine:
        assert "not a Docker Engine" in why_unreachable(engine.url)


def test_says_that_a_proxy_refuses():
    with replaying({"/version": refusal(403, "Forbidden by policy")}) as engine:
        assert "status 403: Forbidden by policy" in why_unreachable(engine.url)


def test_says_that_the_engine_hung_up():
    with replaying({"/version": HangUp()}) as engine:
        assert "broke off" in why_unreachable(engine.url)


def test_says_that_the_engine_is_too_old():
    with replaying({"/version": VERSION | {"ApiVersion": "1.12"}}) as engine:
        assert "speaks API 1.12" in why_unreachable(engine.url)


# Answers gone wrong


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (refusal(403, "denied"), 403, "status 403: denied"),
        (refusal(404), 404, "status 404"),
        (Bytes(b"oops", 500), 500, "status 500."),
        (Bytes(b'{"message": ["a"]}', 500), 500, "status 500."),
        (HTML, 200, "not JSON"),
        (Bytes(b""), 200, "not JSON"),
        (Bytes(b'{"a": '), 200, "not JSON"),
        (Bytes(b"[" * 5000), 200, "not JSON"),
        (Bytes(b"[" * 65 + b"]" * 65), 200, "nested too deeply"),
        (Bytes(b'{"a":' * 65 + b'"}"' + b"}" * 65), 200, "nested too deeply"),
        (Bytes(b"[" + b"{}," * 900_000 + b"{}]"), 200, "too many values"),
        (Bytes(gzip.compress(b"{}"), headers=(("Content-Encoding", "gzip"),)), 200, "compressed"),
        (Bytes(b"{}", 302, (("Location", "http://169.254.169.254/"),)), 302, "status 302"),
    ],
)
def test_an_answer_gone_wrong_says_how_and_the_next_one_is_fine(answer, status, words):
    with (
        replaying(recorded_routes() | {"/info": InTurn((answer, {"fine": True}))}) as engine,
        open_engine(engine.url) as client,
    ):
        with pytest.raises(AnswerError, match=words) as caught:
            client.get_json("/info")

        assert caught.value.status == status
        assert client.get_json("/info") == {"fine": True}


@pytest.mark.parametrize("answer", [Silence(), HangUp(), Drip(b'{"a": 1}' * 100), Cut(b'{"a": "bcdefgh"}')])
def test_an_answer_that_does_not_come_in_time_is_given_up_and_the_next_one_is_fine(answer):
    with (
        replaying(recorded_routes() | {"/info": InTurn((answer, {"fine": True}))}) as engine,
        open_engine(engine.url) as client,
    ):
        began = time.monotonic()
        with pytest.raises(NoAnswer):
            client.get_json("/info", timeout=0.3)

        assert time.monotonic() - began < 1
        assert client.get_json("/info") == {"fine": True}


@pytest.mark.parametrize("depth", [1, 64])
def test_what_is_nested_as_deeply_as_engines_do_is_read(depth):
    lonely = Bytes(b"[" * depth + b'"{{{ [ } ]"' + b"]" * depth)
    with replaying(recorded_routes() | {"/info": lonely}) as engine, open_engine(engine.url) as client:
        found = client.get_json("/info")

    assert str(found) == "[" * depth + "'{{{ [ } ]'" + "]" * depth
    assert not any(
        is_deep(orjson.dumps(answer), answer) for answer in recorded_routes().values() if not isinstance(answer, Bytes)
    )


def test_the_sdk_follows_no_redirect(monkeypatch):
    there = Bytes(b"", 302, (("Location", "/v1.41/elsewhere"),))
    with replaying(recorded_routes() | {"/info": there}) as engine, open_engine(engine.url) as client:
        client.get("http+docker://localhost/v1.41/info")

    assert ("GET", "/elsewhere") not in engine.requests


def test_asks_nothing_more_when_there_is_no_time_left():
    with replaying(recorded_routes()) as engine, open_engine(engine.url) as client, pytest.raises(NoAnswer):
        client.get_json("/info", timeout=0)


def test_reads_a_large_answer_but_not_one_beyond_the_bound():
    just, beyond = (Bytes(b'"' + b"x" * (size - 2) + b'"') for size in (LARGEST_ANSWER, LARGEST_ANSWER + 1))
    with (
        replaying(recorded_routes() | {"/info": InTurn((just, beyond, {"fine": True}))}) as engine,
        open_engine(engine.url) as client,
    ):
        assert len(client.get_json("/info")) == LARGEST_ANSWER - 2
        with pytest.raises(AnswerError, match="longer than 16 MiB"):
            client.get_json("/info")
        assert client.get_json("/info") == {"fine": True}


def test_says_that_the_engine_is_gone_once_it_is():
    with replaying(recorded_routes()) as engine, open_engine(engine.url) as client:
        client.get_json("/info")
        engine.shutdown()
        engine.server_close()
        client._connection.close()

        with pytest.raises(Unreachable, match="Nobody listens"):
            client.get_json("/info")
