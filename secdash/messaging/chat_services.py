"""The services of Apprise that messages may go to, each imported by name and alone.

Apprise finds out about its services by importing every one of its modules, those that speak to this machine's bus,
log or desktop included. Nothing here asks it to: what is not in this table is not even loaded.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings

from secdash.messaging.dialects import Dialect


class Service(NamedTuple):
    """`dialect`: what the other side makes of a text. `host_is_open`: its server's name is no secret."""

    module: str
    name: str
    dialect: Dialect
    host_is_open: bool = False


_SERVICES = {
    ("slack",): Service("slack", "NotifySlack", Dialect.MARKDOWN),
    ("discord",): Service("discord", "NotifyDiscord", Dialect.MARKDOWN),
    ("workflow", "workflows"): Service("workflows", "NotifyWorkflows", Dialect.MARKDOWN),  # Microsoft Teams
    ("gchat",): Service("google_chat", "NotifyGoogleChat", Dialect.MARKDOWN),
    ("wxteams", "webex"): Service("webexteams", "NotifyWebexTeams", Dialect.MARKDOWN),
    ("mmost", "mmosts"): Service("mattermost", "NotifyMattermost", Dialect.MARKDOWN, host_is_open=True),
    ("rocket", "rockets"): Service("rocketchat", "NotifyRocketChat", Dialect.MARKDOWN, host_is_open=True),
    ("gotify", "gotifys"): Service("gotify", "NotifyGotify", Dialect.PLAIN, host_is_open=True),
    ("json", "jsons"): Service("custom_json", "NotifyJSON", Dialect.PLAIN, host_is_open=True),
    ("ntfy", "ntfys"): Service("ntfy", "NotifyNtfy", Dialect.PLAIN),
    ("tgram",): Service("telegram", "NotifyTelegram", Dialect.PLAIN),
    ("pover",): Service("pushover", "NotifyPushover", Dialect.PLAIN),
}
SERVICES = {schema: service for schemas, service in _SERVICES.items() for schema in schemas}


def opened(schema: str, address: str) -> Any:
    """Apprise's object for the address; None where it is not complete."""
    from apprise.exception import AppriseException

    kind = _class(SERVICES[schema])
    try:
        read = kind.parse_url(address)
        return kind(**read, asset=_asset()) if read else None
    except (AppriseException, TypeError, ValueError):
        return None


def from_the_web(address: str) -> str:
    """The https address that a service gives, in Apprise's form and without parameters; "" where it is of none."""
    for service in _SERVICES.values():
        read = _class(service).parse_native_url(address)
        if read:
            return str(_class(service)(**read, asset=_asset()).url(privacy=False)).partition("?")[0]
    return ""


def _class(service: Service) -> Any:
    return getattr(import_module(f"apprise.plugins.{service.module}"), service.name)


@cache
def _asset() -> Any:
    from apprise import AppriseAsset

    return AppriseAsset(
        app_id="secdash",
        app_desc="secdash",
        app_url=settings.PUBLIC_URL,
        image_url_mask=None,
        image_url_logo=None,
        image_path_mask=False,
        http_redirects=False,
        allow_templates=False,
        storage_mode="memory",
        timezone="UTC",
        language="en",
        secure_logging=True,
    )
