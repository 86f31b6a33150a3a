"""What gives a file in an image away: its name first, then a look at its content, of which nothing is kept.

Names alone convict nobody: a settings.py, a truststore or a placeholder is no secret, and packages ship the keys of
their tests. So a name only says which files are looked into.
"""

from __future__ import annotations

import re

from secdash.facts.message import say
from secdash.facts.secret_signs import PRIVATE_KEY, secret_reason

MOST_OF_A_FILE = 64 * 1024  # bytes that are looked at; credentials and keys are shorter

KEY_STORE = say("a key store").text
NPM = say("an npm token").text
PYPI = say("a PyPI password").text
NETRC = say("passwords for hosts").text
GIT = say("a Git password").text
REGISTRY = say("a registry login").text
AWS = say("an AWS secret key").text
KUBERNETES = say("a Kubernetes credential").text
DATABASE = say("a database password").text
CLOUD = say("a Google Cloud credential").text
ENVIRONMENT = say("secrets of an environment file").text

# What lies in these places comes with a package, and everybody has it; tests and examples need secrets to be shown.
PUBLIC = re.compile(
    r"(?:^|/)(?:tests?|testing|test[-_]?data|test[-_]?certs?|t|specs?|__tests__|fixtures?|mocks?|examples?|samples?|demos?|"
    r"docs?|node_modules|bower_components|site-packages|dist-packages|third[-_]party|vendor|gems|pkg/mod)(?:/|$)"
)
PACKAGED = re.compile(r"usr/share/")  # no place for a key of one's own, though a web server's root may be here
KEY_BEGINS = b"-----BEGIN "
PUTTY_BEGINS = b"PuTTY-User-Key-File-"
KEY = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----\s{1,4}(?:[\w-]{1,30}: [^\n]{0,200}\n){0,8}\s{0,4}"
    rb"[A-Za-z0-9+/=]{24}"
)
KEY_NAME = re.compile(
    r"\.(?:pem|key|ppk|private_key|ovpn|crt|cer|asc|gpg)$|^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$|_key$"
)
STORE_NAME = re.compile(r"\.(?:p12|pfx|pkcs12|jks|jceks|keystore)$")
STORE_BEGINS = (b"\x30\x80", b"\x30\x82", b"\x30\x83", b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
OF_OTHERS = re.compile(r"trust|cacerts", re.IGNORECASE)  # stores of certificates of others, which are public

# Where the path ends so, and the content matches, it is that. ${…} and %(…)s are filled in when the file is used.
CREDENTIALS: tuple[tuple[re.Pattern[str], re.Pattern[bytes], str], ...] = (
    (
        re.compile(r"(?:^|/)\.?npmrc$"),
        re.compile(rb"(?m)^[^#;\n]{0,300}?_(?:authToken|auth|password)[ \t]{0,4}=[ \t]{0,4}[\"']?[^\s\"'$]"),
        NPM,
    ),
    (re.compile(r"(?:^|/)\.pypirc$"), re.compile(rb"(?m)^[ \t]{0,8}password[ \t]{0,4}[=:][ \t]{0,4}[^\s$%]"), PYPI),
    (re.compile(r"(?:^|/)[._]netrc$"), re.compile(rb"\bpassword\s{1,8}[^\s$]"), NETRC),
    (re.compile(r"(?:^|/)\.git-credentials$"), re.compile(rb"://[^\s/:@]{0,200}:[^\s/@]{1,500}@"), GIT),
    (
        re.compile(r"(?:^|/)\.docker(?:/config\.json|cfg)$|(?:^|/)\.dockercfg$"),
        re.compile(rb"\"(?:auth|identitytoken)\"\s{0,8}:\s{0,8}\"[\w+/=.-]{4}"),
        REGISTRY,
    ),
    (
        re.compile(r"(?:^|/)\.aws/(?:credentials|config)$"),
        re.compile(rb"(?m)^[ \t]{0,8}aws_secret_access_key[ \t]{0,4}=[ \t]{0,4}[^\s$<]"),
        AWS,
    ),
    (
        re.compile(r"(?:^|/)\.kube/config$|kubeconfig$|(?:^|/)etc/kubernetes/[\w.-]+\.conf$"),
        re.compile(rb"(?m)^[ \t-]{0,20}(?:client-key-data|token|password)[ \t]{0,4}:[ \t]{0,4}[\"']?[^\s\"'$<{#]"),
        KUBERNETES,
    ),
    (re.compile(r"(?:^|/)\.pgpass$"), re.compile(rb"(?m)^[^#:\n]{1,200}(?::[^:\n]{1,200}){3}:[^\s]"), DATABASE),
    (re.compile(r"(?:^|/)\.my\.cnf$"), re.compile(rb"(?m)^[ \t]{0,8}password[ \t]{0,4}=[ \t]{0,4}[^\s$]"), DATABASE),
    (
        re.compile(r"(?:^|/)[\w.-]*(?:credentials?|service[-_]?account|gcp|gcloud|key)[\w.-]*\.json$"),
        re.compile(rb"\"private_key\"\s{0,8}:\s{0,8}\"-----BEGIN |\"refresh_token\"\s{0,8}:\s{0,8}\"[^\"\s]{16}"),
        CLOUD,
    ),
)
ENVIRONMENT_FILE = re.compile(r"(?:^|/)\.env(?:\.(?!example|sample|template|tmpl|dist|defaults?|test)[\w-]{1,40})?$")
ASSIGNED = re.compile(r"^[ \t]{0,8}(?:export[ \t]{1,8})?([A-Za-z_]\w{0,200})[ \t]{0,4}=[ \t]{0,4}(.*)$", re.MULTILINE)

# What is left over from building or working; dockle's list (DKL-LI-0003), folders of other version controls, and
# histories of shells. Packages and toolchains bring some of their own, which the image's maker need not clean.
LEFT_OVER_FILES = frozenset(
    {
        *("Dockerfile", "Containerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"),
        *(".vimrc", ".viminfo", ".DS_Store", ".bash_history", ".ash_history", ".python_history"),
    }
)
LEFT_OVER_FOLDERS = frozenset({".git", ".svn", ".hg", ".vscode", ".idea", ".npm", ".cache", ".aws", ".azure", ".gcp"})
OF_PACKAGES = re.compile(r"(?:usr/(?:lib\w*|share|include|local/(?:lib\w*|share|go))|var/lib|lib\w*|etc)/")

PROGRAM = re.compile(r"(?:usr/|usr/local/)?s?bin/([^/]+)")
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh", "busybox"})
PACKAGE_MANAGERS = frozenset(
    {"apt", "apt-get", "aptitude", "dpkg", "apk", "dnf", "dnf5", "microdnf", "yum", "rpm", "tdnf", "zypper", "pacman"}
)

MANY_IN_ONE = frozenset({"busybox", "toybox", "["})  # programs that are many; in busybox's own image all link to "["


def is_looked_into(path: str, first: bytes) -> bool:
    """Whether more of this file must be read than its first bytes."""
    if PUBLIC.search(path):
        return False
    name = path.rpartition("/")[2]
    if first.startswith((KEY_BEGINS, PUTTY_BEGINS)) or KEY_NAME.search(name) or STORE_NAME.search(name):
        return True
    return ENVIRONMENT_FILE.search(path) is not None or any(ends.search(path) for ends, _, _ in CREDENTIALS)


def secret_in(path: str, content: bytes) -> str:
    """What kind of secret a file that is looked into holds, in a few English words; "" for none."""
    if not PACKAGED.match(path) and (kind := _key_in(path.rpartition("/")[2], content)):
        return kind
    for ends, holds, kind in CREDENTIALS:
        if ends.search(path) and holds.search(content):
            return kind
    return ENVIRONMENT if ENVIRONMENT_FILE.search(path) and _assigns_secret(content) else ""


def left_over(path: str) -> str:
    """The file, or the outermost folder on its path, that is left over from development; "" for neither."""
    if OF_PACKAGES.match(path) or PUBLIC.search(path):
        return ""
    parts = path.split("/")
    for depth, part in enumerate(parts, start=1):
        if part in LEFT_OVER_FOLDERS:
            return "/".join(parts[:depth])
    return path if parts[-1] in LEFT_OVER_FILES else ""


def _key_in(name: str, content: bytes) -> str:
    if content.startswith(PUTTY_BEGINS) or KEY.search(content):
        return PRIVATE_KEY
    is_store = STORE_NAME.search(name) and not OF_OTHERS.search(name) and content.startswith(STORE_BEGINS)
    return KEY_STORE if is_store else ""


def _assigns_secret(content: bytes) -> bool:
    text = content.decode(errors="replace")
    return any(secret_reason(name, value.strip()) for name, value in ASSIGNED.findall(text))
