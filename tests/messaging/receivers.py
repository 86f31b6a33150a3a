"""Real receivers on the loopback: a webhook, and a mail server as small as one can be."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer


class Webhook(HTTPServer):
    """Answers every POST with `status`, and keeps what came."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.status = status
        self.came: list[dict] = []
        self.headers: list[dict] = []

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/hook/s3cret-t0ken"


class _Hook(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.came.append(json.loads(body))
        self.server.headers.append(dict(self.headers))
        self.send_response(self.server.status)
        if self.server.status in (301, 302, 307):
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, *_args) -> None:
        """Nothing: the tests read what came."""


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail, or refuses every receiver with `refusal`, and keeps what came."""

    daemon_threads = True

    def __init__(self, refusal: str) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.refusal = refusal
        self.came: list[tuple[list[str], Message]] = []

    @property
    def settings(self) -> dict:
        host, port = self.server_address
        return {"host": host, "port": port, "username": "", "password": "", "use_tls": False, "use_ssl": False}


class _Mail(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        receivers: list[str] = []
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"QUIT":
                self._say("221 bye")
                return
            if word == b"RCPT" and self.server.refusal:
                self._say(self.server.refusal)
                continue
            if word == b"RCPT":
                receivers.append(line.decode().strip())
            if word == b"DATA":
                self._say("354 go on")
                self.server.came.append((receivers, self._message()))
            self._say("250 ok")

    def _message(self) -> Message:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return message_from_bytes(b"".join(lines), policy=default)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def a_webhook(status: int = 200) -> Iterator[Webhook]:
    with Webhook(status) as server, _served(server):
        yield server


@contextmanager
def a_mail_server(refusal: str = "") -> Iterator[MailServer]:
    with MailServer(refusal) as server, _served(server):
        yield server


@contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
