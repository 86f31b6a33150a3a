"""The ways on which the Engine fetches images: mirrors of the registry, and proxies in between."""

from __future__ import annotations

from secdash.checks.addresses import is_of_this_host
from secdash.checks.engine import check
from secdash.checks.outcome import MEDIUM, Outcome, fails_if, unknown
from secdash.checks.remedy import DaemonFix, Drop, Put
from secdash.facts.message import say
from secdash.facts.model import Engine, known
from secdash.facts.redact import MASK


def _secure_mirrors_only(engine: Engine) -> DaemonFix | None:
    """None where a mirror that stays has a password in its address: it was not kept, and could not be written."""
    kept = [mirror for mirror in known(engine.registry_mirrors) if not _is_open(mirror)]
    if any(MASK in mirror for mirror in kept):
        return None
    change = Put("registry-mirrors", kept) if kept else Drop("registry-mirrors")
    return DaemonFix(say("Ask only mirrors that prove who they are; give the others a certificate."), (change,), True)


@check(
    Engine,
    severity=MEDIUM,
    risks=("supply-chain",),
    fix=_secure_mirrors_only,
)
def mirror_without_tls(engine: Engine) -> Outcome:
    """Registry mirror without TLS"""
    mirrors = known(engine.registry_mirrors)
    bad = [mirror for mirror in mirrors if _is_open(mirror)]
    reason = say("Whoever is on the way to %(mirrors)s chooses what a tag means.", mirrors=", ".join(bad))
    return fails_if(bool(bad), reason, {"info.RegistryConfig.Mirrors": bad or list(mirrors)})


@check(
    Engine,
    severity=MEDIUM,
    risks=("secret-disclosure",),
)
def proxy_password_shown(engine: Engine) -> Outcome:
    """Proxy password shown by the Engine"""
    proxies = known(engine.proxies)
    shown = [f"info.{proxy.setting}" for proxy in proxies if proxy.password == "shown"]  # noqa: S105 - a word for it
    masked = [f"info.{proxy.setting}" for proxy in proxies if proxy.password == "masked"]  # noqa: S105 - as above
    if masked and not shown:
        why = say("The Engine masks what stands before the proxy's address; look at who may read where it is set.")
        return unknown(why, {"with a user or password": masked})
    reason = say("Everybody who may ask the Engine for its settings reads the password of its proxy.")
    return fails_if(bool(shown), reason, {"with a password": shown})


def _is_open(mirror: str) -> bool:
    """Without TLS, and beyond this host."""
    return mirror.lower().startswith("http://") and not is_of_this_host(mirror)
