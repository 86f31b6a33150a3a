"""A small OpenID provider: discovery, tokens that are really signed, keys, and what it says of a person."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "secdash", "a secret of the client"


class Provider:
    """What it says can be changed between two sign-ins: `claims`, and lies in `token`."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signs_with = self.key
        self.claims: dict[str, Any] = {"sub": "42", "preferred_username": "camille", "email": "camille@example.org"}
        self.userinfo: dict[str, Any] = {}
        self.token: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self.url = ""

    def authorize(self, location: str) -> str:
        """What the provider's own page ends with: back to where the client asked, with a code."""
        self.request = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"{self.url}/authorize?")
        return f"{urlsplit(self.request['redirect_uri']).path}?code=once&state={self.request['state']}"

    def discovery(self) -> dict[str, Any]:
        at = {name: f"{self.url}/{name}" for name in ("authorize", "token", "userinfo", "keys")}
        return {
            "issuer": self.url,
            "authorization_endpoint": at["authorize"],
            "token_endpoint": at["token"],
            "userinfo_endpoint": at["userinfo"],
            "jwks_uri": at["keys"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        numbers = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**numbers, "kid": "first", "use": "sig", "alg": "RS256"}]}

    def tokens(self, form: dict[str, str]) -> dict[str, Any]:
        self.asked.append(form)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.request["code_challenge"]
        assert (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, **self.claims, **self.token}
        signed = jwt.encode(said, self.signs_with, algorithm="RS256", headers={"kid": "first"})
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": signed}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = {
                "/.well-known/openid-configuration": provider.discovery,
                "/keys": provider.keys,
                "/userinfo": lambda: {**provider.claims, **provider.userinfo},
            }
            self._answer(answers[self.path]())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(provider.tokens({name: values[0] for name, values in parse_qs(body).items()}))

        def _answer(self, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    return Handler


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
