"""A registry that takes what is pushed and keeps no more than its size: a push is what gives an image a digest.

Run as a program, inside the network namespace of the Engine that pushes to it.
"""

from __future__ import annotations

import hashlib
import itertools
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


class Registry(BaseHTTPRequestHandler):
    """As much of the distribution protocol as `docker push` speaks."""

    protocol_version = "HTTP/1.1"
    uploads = itertools.count()
    sizes: dict[str, int] = {}  # by the path of an upload, and of a blob

    def do_GET(self) -> None:
        self._answer(HTTPStatus.OK if self.path == "/v2/" else HTTPStatus.NOT_FOUND)

    def do_HEAD(self) -> None:
        size = self.sizes.get(self.path)
        self._answer(HTTPStatus.NOT_FOUND if size is None else HTTPStatus.OK, size or 0)

    def do_POST(self) -> None:
        self._read()
        self._answer(HTTPStatus.ACCEPTED, Location=f"{self.path}{next(self.uploads)}", Range="0-0")

    def do_PATCH(self) -> None:
        size = self.sizes[self.path] = len(self._read())
        self._answer(HTTPStatus.ACCEPTED, Location=self.path, Range=f"0-{size - 1}")

    def do_PUT(self) -> None:
        content = self._read()
        upload, _, digest = unquote(self.path).partition("?digest=")
        digest = digest or f"sha256:{hashlib.sha256(content).hexdigest()}"  # a manifest goes by its name
        blob = f"{upload.partition('/uploads/')[0]}/{digest}"
        self.sizes[blob] = self.sizes.get(upload, len(content))
        self._answer(HTTPStatus.CREATED, Location=blob, **{"Docker-Content-Digest": digest})

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def _read(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, status: HTTPStatus, length: int = 0, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(length)}.items():
            self.send_header(name, value)
        self.end_headers()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Registry)
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    server.serve_forever()
