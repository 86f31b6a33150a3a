"""What gives a secret away: the name it goes by, or the shape of its value (rules X-84 and X-85)."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from secdash.facts.message import say

BY_NAME = say("its name").text
IN_URL = say("a password in a URL").text
IN_CONNECTION = say("a password in a connection string").text
IN_HEADER = say("credentials in a header").text
AWS_KEY = say("an AWS access key").text
PRIVATE_KEY = say("a private key").text
TOKEN = say("a token").text
API_KEY = say("an API key").text
PASSWORD_HASH = say("a password hash").text
REGISTRY_LOGIN = say("a registry login").text
CHPASSWD = say("a password set with chpasswd").text

# Each value pattern hides its group `secret`, or all of it where there is no such group. All run in linear time: no
# two repetitions beside each other can match the same text.
VALUE_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        PRIVATE_KEY,
        re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY.*?(?:-----END [A-Z0-9 ]{0,30}-----|\Z)", re.DOTALL),
    ),
    (AWS_KEY, re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    (
        TOKEN,
        re.compile(r"\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bxox[abeprs]-[\w-]{8,}"),
    ),
    (TOKEN, re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?|\bnpm_[A-Za-z0-9]{30,}|\bhf_[A-Za-z0-9]{30,}")),
    (TOKEN, re.compile(r"\bhvs\.[\w-]{20,}|\bSWMTKN-1-[\w-]{8,}|\bpypi-Ag[\w-]{20,}")),
    (TOKEN, re.compile(r"hooks\.slack\.com/services/(?P<secret>T\w+/\w+/\w+)")),
    (TOKEN, re.compile(r"\bsumologic\.com/receiver/v\d/http/(?P<secret>[\w+/=-]{8,})")),
    (API_KEY, re.compile(r"\bsk-(?=[\w-]*\d)[\w-]{16,}|\b[rs]k_(?:live|test)_\w{10,}|\bAIza[\w-]{35}")),
    (
        API_KEY,
        re.compile(
            r"\bSG\.[\w-]{16,}\.[\w-]{16,}|(?i:\bx-(?:api|auth)-(?:key|token)) {0,3}: {0,3}(?P<secret>[^\s\"']+)"
        ),
    ),
    (IN_URL, re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s/?#:@\"']*:(?P<secret>(?!\d+(?:/|\s|\Z))[^\s\"']+)@")),
    (IN_HEADER, re.compile(r"\b(?:[Bb]asic|[Bb]earer) {1,3}(?P<secret>(?=[\w+/.~-]*[\d=])[\w+/=.~-]{12,})")),
    (REGISTRY_LOGIN, re.compile(r"\"auth\" {0,3}: {0,3}\"(?P<secret>[\w+/=]{8,})\"")),
    (
        IN_CONNECTION,
        re.compile(
            r"(?i)(?:^|[;,\s\"'])(?:password|pwd|accountkey|sharedaccesskey) {0,2}= {0,2}(?P<secret>[^;,\s\"']+)"
        ),
    ),
    (CHPASSWD, re.compile(r"\becho {1,3}[\"']?[\w.-]+:(?P<secret>[^\s\"'|]+)[\"']? {0,3}\| {0,3}(?:sudo )?chpasswd")),
    (PASSWORD_HASH, re.compile(r"\$(?:apr1|1|2[aby]?|5|6|y|argon2id?)\$[\w./$=,+-]{12,}|\{SHA\}[\w+/=]{20,}")),
)
# One look that tells for nearly every text that no pattern above can match.
MAY_HOLD_A_SECRET = re.compile(
    r"-----BEGIN|A[KS]IA|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|eyJ|npm_|hf_|hvs\.|SWMTKN|pypi-|hooks\.slack|"
    r"sk-|[rs]k_|AIza|SG\.|[Xx]-[AaPpIiUuTtHh]{3,4}-|://|asic |earer |\"auth\"|"
    r"(?i:password|pwd|key) {0,2}=|\$|\{SHA\}|chpasswd"
)

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

SECRET_WORD = re.compile(
    r"passwords?|passwd|passphrase|passcode|passwort|pwd|secrets?|tokens?|apikeys?|credentials?|creds|requirepass|"
    r"masterauth|sshpass|.*(?:password|passwd|passphrase|secret|token|apikey|secretkey|accesskey|privatekey)|"
    r"(?:db|user|root|admin|my|pg|smtp|mail|ftp|ssh|redis|mysql|mongo|sql|ldap)pass"
)
SECRET_KEY = re.compile(r"api|access|secret|private|master|encryption|signing|account|session|app|deploy|ssh|license")
SECRET_LAST_WORD = re.compile(r"pass|auth")  # PASS_THROUGH and AUTH_MODE hold none
# A name that ends so tells where a secret is, or something about it, and is not the secret.
TELLS_ABOUT = re.compile(
    r"files?|paths?|dir|directory|folder|location|source|store|sock|socket|hosts?|hostname|port|server|endpoint|domain|"
    r"region|url|uri|arn|ref|ids?|names?|label|labels|user|users|username|login|types?|mode|class|engine|backends?|"
    r"driver|manager|provider|strategy|generator|validators?|methods?|alg|algo|algorithm|hashers?|strength|encryption|"
    r"format|prefix|suffix|version|pattern|regex|hint|realm|headers?|field|column|issuer|audience|scopes?|policy|"
    r"policies|change|check|reset|required?|enabled?|disabled?|in|ttl|expiry|expires?|expiration|lifetime|timeout|age|"
    r"interval|rotation|validity|seconds|minutes|hours|days|length|len|size|limit|max|min|count|num|number"
)

NOT_A_SECRET = re.compile(
    r"(?:true|false|yes|no|on|off|none|null|nil|enabled?|disabled?|required|optional|auto|default|basic|digest|trust|"
    r"ldap|oauth2?|oidc|saml|jwt|bearer|kerberos|gssapi|md5|scram-sha-(?:1|256)|peer|login|plain|cram-md5|starttls|tls|ssl|redacted|placeholder|example)",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(
    r"<[^<>]*>|\$\{.*|\$\(.*|\$\w+|%\w+%|\{\{.*|([x*•.])\1{2,}|your[-_ ].*", re.IGNORECASE | re.DOTALL
)
REFERENCE = re.compile(
    r"/(?:run|etc|var|opt|srv|home|root|tmp|usr|data|app|secrets?|mnt|config|certs?|vault|dev|proc)(?:/.*)?|"
    r"(?:file|vault|op|sm|ssm|env|arn|awssm|gcpsm|secret)s?:.*|https?://[^@\s]*|"
    r"ssh-(?:rsa|ed25519) .*|-----BEGIN (?:PUBLIC KEY|CERTIFICATE).*",
    re.DOTALL,
)


def secret_reason(name: str, value: str) -> str:
    """Why this looks like a secret, in a short English word; "" if it does not."""
    if not value.strip("\"' "):
        return ""
    if is_secret_name(name) and not is_harmless(name, value):
        return BY_NAME
    return value_reason(value)


def value_reason(value: str) -> str:
    if not MAY_HOLD_A_SECRET.search(value):
        return ""
    for reason, pattern in VALUE_PATTERNS:
        match = pattern.search(value)
        if match and not PLACEHOLDER.fullmatch(hidden_part(match)):
            return reason
    return ""


def hidden_part(match: re.Match[str]) -> str:
    return match.groupdict().get("secret") or match.group()


def is_harmless(name: str, value: str) -> bool:
    """A switch, a placeholder or a reference to where the secret is kept; for names that count tokens, a number."""
    value = value.strip("\"' ")
    if NOT_A_SECRET.fullmatch(value) or PLACEHOLDER.fullmatch(value) or REFERENCE.fullmatch(value):
        return True
    return value.isdigit() and not _wants_a_password(name)


def _wants_a_password(name: str) -> bool:
    return any(word.startswith(("pass", "pwd", "secret")) or word.endswith("pass") for word in _words(name))


@lru_cache(maxsize=8192)
def is_secret_name(name: str) -> bool:
    words = _words(name[:200])
    if not words or words in (("pwd",), ("oldpwd",), ("auth",)):
        return False
    if TELLS_ABOUT.fullmatch(words[-1]) and words[-2:] != ("secret", "id"):
        return False
    if SECRET_LAST_WORD.fullmatch(words[-1]) or any(map(SECRET_WORD.fullmatch, words)):
        return True
    return any(key in ("key", "keys") and SECRET_KEY.fullmatch(kind) for kind, key in pairwise(words))


def _words(name: str) -> tuple[str, ...]:
    """DB_PASSWORD, db-password, dbPassword2: db, password."""
    words = [word.lower() for word in WORDS.findall(name)]
    return tuple(words[:-1] if len(words) > 1 and words[-1].isdigit() else words)
