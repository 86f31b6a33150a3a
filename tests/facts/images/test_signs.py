"""Which files of an image hold secrets or were left behind, and which only look so."""

from __future__ import annotations

import time

import pytest

from secdash.facts.images import signs
from secdash.facts.images.signs import left_over, secret_in
from tests.engine.archives import KEY, a_file, a_layer

LONG = b"A" * 64
OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE\n"
ENCRYPTED = b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A\n\n" + LONG
PGP = b"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n" + LONG
CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0B\n-----END CERTIFICATE-----\n"
PUBLIC_KEY = b"-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC\n"


def found(path: str, content: bytes) -> str:
    notes = [note for note in a_layer(a_file(path, content)).notes if note.sort == "secrets"]
    return notes[0].value.secret if notes else ""


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [
        ("root/.ssh/id_ed25519", OPENSSH, signs.PRIVATE_KEY),
        ("app/server", KEY, signs.PRIVATE_KEY),
        ("etc/ssl/private/ssl-cert-snakeoil.key", KEY, signs.PRIVATE_KEY),
        ("etc/ssh/ssh_host_rsa_key", OPENSSH, signs.PRIVATE_KEY),
        ("srv/both.pem", CERTIFICATE + KEY, signs.PRIVATE_KEY),
        ("srv/both", CERTIFICATE + KEY, signs.PRIVATE_KEY),
        ("srv/bag.pem", b"Bag Attributes\n    friendlyName: x\n" + KEY, signs.PRIVATE_KEY),
        ("srv/client.ovpn", b"client\nremote x\n<key>\n" + KEY, signs.PRIVATE_KEY),
        ("srv/enc.pem", ENCRYPTED, signs.PRIVATE_KEY),
        ("srv/crlf.pem", KEY.replace(b"\n", b"\r\n"), signs.PRIVATE_KEY),
        ("srv/secret.asc", PGP, signs.PRIVATE_KEY),
        ("home/x/putty.ppk", b"PuTTY-User-Key-File-3: ssh-ed25519\n", signs.PRIVATE_KEY),
        ("srv/store.p12", b"\x30\x82\x0a\x00" + LONG, signs.KEY_STORE),
        ("srv/store.jks", b"\xfe\xed\xfe\xed" + LONG, signs.KEY_STORE),
        ("root/.npmrc", b"//r/:_authToken=npm_abc\n", signs.NPM),
        ("root/.npmrc", b"_auth = dXNlcjpwYXNz\n", signs.NPM),
        ("usr/local/etc/npmrc", b"x=1\n//r/:_password=cGFzcw==\n", signs.NPM),
        ("root/.pypirc", b"[pypi]\nusername: me\npassword: hunter2\n", signs.PYPI),
        ("root/.netrc", b"machine github.com login me password hunter2\n", signs.NETRC),
        ("root/.git-credentials", b"https://me:hunter2@example.org\n", signs.GIT),
        ("root/.docker/config.json", b'{"auths": {"r": {"auth": "dXNlcjpwYXNz"}}}', signs.REGISTRY),
        ("root/.dockercfg", b'{"r": {"auth": "dXNlcjpwYXNz"}}', signs.REGISTRY),
        ("home/x/.aws/credentials", b"[default]\naws_secret_access_key = wJalrXUtnFEMI\n", signs.AWS),
        ("root/.kube/config", b"users:\n- name: x\n  user:\n    client-key-data: LS0tLS1C\n", signs.KUBERNETES),
        ("srv/kubeconfig", b"    token: eyJhbGciOi\n", signs.KUBERNETES),
        ("etc/kubernetes/admin.conf", b"    client-key-data: LS0tLS1C\n", signs.KUBERNETES),
        ("root/.pgpass", b"db:5432:app:app:hunter2\n", signs.DATABASE),
        ("root/.my.cnf", b"[client]\npassword=hunter2\n", signs.DATABASE),
        ("srv/service-account.json", b'{"private_key": "-----BEGIN PRIVATE KEY-----\\nMII"}', signs.CLOUD),
        (
            "root/.config/gcloud/application_default_credentials.json",
            b'{"refresh_token": "1//0abcdefghijklmnop"}',
            signs.CLOUD,
        ),
        ("app/.env", b"DEBUG=1\nexport DB_PASSWORD='hunter2'\n", signs.ENVIRONMENT),
        ("usr/share/nginx/html/.env", b"DB_PASSWORD=hunter2\n", signs.ENVIRONMENT),
        ("app/.env.production", b"API_KEY = k3y-9f8e7d\n", signs.ENVIRONMENT),
    ],
)
def test_finds(path: str, content: bytes, kind: str) -> None:
    assert found(path, content) == kind


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("etc/ssl/certs/ca.pem", CERTIFICATE),
        ("etc/ssl/certs/ca-certificates.crt", CERTIFICATE * 900),
        ("etc/apk/keys/builder.rsa.pub", PUBLIC_KEY),
        ("usr/share/keyrings/debian.asc", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" + LONG),
        ("root/.ssh/authorized_keys", b"ssh-ed25519 AAAA x\n"),
        ("srv/id_rsa", b""),
        ("srv/placeholder.key", b"-----BEGIN PRIVATE KEY-----\nput yours here\n-----END PRIVATE KEY-----\n"),
        ("usr/lib/python3.11/test/certdata/keycert.pem", KEY),
        ("usr/lib/python3/dist-packages/x/server.key", KEY),
        ("app/node_modules/x/key.pem", KEY),
        ("usr/local/go/src/crypto/tls/testdata/example-key.pem", KEY),
        ("usr/share/doc/stunnel/examples/stunnel.pem", KEY),
        ("root/go/pkg/mod/x/key.pem", KEY),
        ("opt/sdk/third_party/urllib3/server.key", KEY),
        ("opt/sdk/tests/data/service_account.json", b'{"private_key": "-----BEGIN PRIVATE KEY-----\\nMII"}'),
        ("app/fixtures/.npmrc", b"//r/:_authToken=npm_abc\n"),
        ("app/spec/.env", b"DB_PASSWORD=hunter2\n"),
        ("usr/share/cmake-3.25/Templates/Windows/Windows_TemporaryKey.pfx", b"\x30\x82\x0a\x00" + LONG),
        ("usr/share/x/key.pem", KEY),
        ("usr/bin/openssl", b"\x7fELF" + KEY),
        ("app/main.py", b"PATTERN = '''" + KEY),
        ("usr/share/man/man1/x.1", b".SH KEY\n" + KEY),
        ("etc/ssl/certs/java/truststore.jks", b"\xfe\xed\xfe\xed" + LONG),
        ("usr/lib/jvm/lib/security/cacerts.p12", b"\x30\x82\x0a\x00" + LONG),
        ("srv/notes.p12", b"plain text"),
        ("root/.npmrc", b"registry=https://r/\n//r/:_authToken=${NPM_TOKEN}\n# _authToken=old\n_auth=\n"),
        ("root/.pypirc", b"[pypi]\nusername: me\npassword: %(PASS)s\n"),
        ("root/.netrc", b"machine example.org login me\n"),
        ("root/.git-credentials", b"https://example.org\n"),
        ("root/.docker/config.json", b'{"auths": {"r": {}}, "credsStore": "pass"}'),
        ("app/config.json", b'{"auth": "dXNlcjpwYXNz"}'),
        ("root/.aws/config", b"[default]\nregion = eu-west-3\n"),
        ("root/.kube/config", b"users:\n- name: x\n  user:\n    exec: {}\n    token: \n    password: ${X}\n"),
        ("root/.pgpass", b"# db:5432:app:app:x\n"),
        ("root/.my.cnf", b"[client]\nuser=x\npassword=\n"),
        ("app/package.json", b'{"private_key": "-----BEGIN "}'),
        ("app/.env", b"DB_PASSWORD=\nDB_HOST=db\nTOKEN_FILE=/run/secrets/t\nSECRET=${SECRET}\n"),
        ("app/.env.example", b"DB_PASSWORD=hunter2\n"),
        ("app/settings.py", b"SECRET_KEY = 'x'\n"),
    ],
)
def test_leaves_alone(path: str, content: bytes) -> None:
    assert found(path, content) == ""


def test_looks_only_so_far_into_a_file() -> None:
    most = signs.MOST_OF_A_FILE
    assert found("x.pem", b" " * (most - len(KEY)) + KEY) == signs.PRIVATE_KEY
    assert found("x.pem", b" " * most + KEY) == ""


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("Dockerfile", "Dockerfile"),
        ("usr/src/app/docker-compose.yml", "usr/src/app/docker-compose.yml"),
        ("app/.git/objects/ab/cd", "app/.git"),
        ("app/.git", "app/.git"),
        ("root/.cache/pip/x", "root/.cache"),
        ("root/.bash_history", "root/.bash_history"),
        ("app/.idea/.git/x", "app/.idea"),
        ("app/.gitignore", ""),
        ("app/Dockerfile.md", ""),
        ("app/node_modules/x/Dockerfile", ""),
        ("usr/share/doc/x/Dockerfile", ""),
        ("usr/local/go/src/x/Dockerfile", ""),
        ("usr/lib/x/.git/config", ""),
        ("var/lib/x/.cache/y", ""),
        ("app/testdata/.git/HEAD", ""),
    ],
)
def test_knows_left_overs(path: str, left: str) -> None:
    assert left_over(path) == left


HOSTILE = (
    b"-----BEGIN PRIVATE KEY-----\n" * 2400,
    b"-----BEGIN A B C PRIVATE KEY-----\n" + b"a: b\n" * 13000,
    b"=" * 65536,
    b"password" * 8192,
    b":" * 65536,
    b"A_PASSWORD = " * 5000,
    b" \t" * 32768,
    b"\n" * 65536,
    b'"auth" : "' * 6000,
    b"://a:" * 13000,
)


@pytest.mark.parametrize("path", ["x.pem", ".npmrc", ".netrc", ".git-credentials", ".pgpass", ".env", ".kube/config"])
def test_takes_no_longer_for_content_made_to_slow_it_down(path: str) -> None:
    begun = time.process_time()
    for content in HOSTILE:
        secret_in(path, content)
    assert time.process_time() - begun < 2
