"""The addresses of every kind of page, on a server with the sample fleet and the guide."""

from __future__ import annotations

import re

import requests

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LINK_TO = re.compile(r'href="([^"?#]+)')

# What each name stands for is looked up on the page before it, as a reader would find it.
PLAIN = {
    "overview": "/",
    "findings": "/findings/",
    "findings resolved": "/findings/?state=resolved",
    "findings filtered to nothing": "/findings/?q=there-is-no-such-thing",
    "findings with a group open": "/findings/?expand=no-memory-limit",
    "acceptances": "/acceptances/",
    "acceptances proposed": "/acceptances/?tab=proposed",
    "a risk to accept": "/acceptances/new/?check=no-memory-limit",
    "policy": "/settings/policy/",
    "audit log": "/settings/audit/",
    "audit log filtered to nothing": "/settings/audit/?q=there-is-no-such-thing&since=2026-01-01",
    "findings by host": "/findings/?by=host&sort=oldest&expand=web-01",
    "findings to filter": "/findings/filter/?severity=high&group!=lab",
    "view to save": "/findings/views/save/?severity=critical",
    "hosts": "/hosts/",
    "hosts filtered and sorted": "/hosts/?tag=public&sort=name",
    "hosts filtered to nothing": "/hosts/?q=there-is-no-such-thing",
    "host to add": "/hosts/add/",
    "host to add that cannot be reached": "/hosts/add/offline/",
    "commands for a host": "/hosts/add/commands/?kind=ssh",
    "hosts to import": "/hosts/add/import/",
    "groups and tags": "/settings/groups/",
    "maintenance": "/settings/maintenance/",
    "checks": "/checks/",
    "check": "/checks/no-memory-limit/",
    "why the score moved": "/trends/why/",
    "a past day": "/as-of/",
    "a past day of before": "/as-of/?day=2001-01-01",
    "why the score of a group moved": "/trends/why/?group=production&what=fixed",
    "benchmark": "/benchmark/",
    "benchmark of a host": "/benchmark/?host=web-01&edition=1.8",
    "benchmark filtered to nothing": "/benchmark/?section=7&level=2",
    "item to attest": "/benchmark/host-os-hardened/",
    "attestation": "/benchmark/host-os-hardened/web-01/",
    "causes": "/plan/",
    "plan": "/plan/best/?changes=3",
    "checklist of a plan": "/plan/best/checklist.html?changes=2",
    "threats": "/threats/",
    "threats by group": "/threats/?by=group",
    "threats filtered to nothing": "/threats/?group=there-is-none",
    "risk": "/threats/daemon-takeover/",
    "stories": "/hosts/edge-01/stories/",
    "no stories": "/hosts/web-02/stories/",
    "reports": "/reports/",
    "report for management": "/reports/management/",
    "evidence": "/reports/evidence/?host=web-01",
    "trends": "/trends/",
    "trends of a group beside another": "/trends/?days=30&group=production&versus=lab",
    "trends of days without a scan": "/trends/?from=2020-01-01&to=2020-02-01",
    "inbox": "/inbox/",
    "messages": "/settings/messages/",
    "channel to add": "/settings/messages/add/",
    "health": "/settings/health/",
    "tokens": "/settings/tokens/",
    "token to make": "/settings/tokens/add/",
    "token of a service to make": "/settings/tokens/add-service/",
    "for programs": "/api/v1/",
    "account": "/settings/account/",
    "app to add": "/settings/account/app/",
    "passkey to add": "/settings/account/passkeys/add/",
    "people": "/settings/people/",
    "somebody to invite": "/settings/people/invite/",
    "guide": "/guide/en/",
    "article": "/guide/en/cgroups/",
    "article with many blocks": "/guide/en/daemon/",
    "work on the guide": "/guide/work/",
    "editor": "/guide/en/cgroups/edit/",
    "editor of a section": "/guide/en/cgroups/edit/?section=memory",
    "history": "/guide/en/cgroups/history/",
    "versions compared": "/guide/en/cgroups/compare/",
    "comments": "/guide/en/cgroups/comments/",
    "proposals": "/guide/proposals/",
    "no proposals of mine": "/guide/proposals/?list=mine",
    "revision": "/guide/en/cgroups/revisions/1/",
    "guide searched": "/guide/en/?q=docker.sock",
    "guide searched for nothing there is": "/guide/en/?q=zebra",
    "who wrote what": "/guide/en/cgroups/blame/",
    "article to revert": "/guide/en/cgroups/revert/1/",
    "article to rename": "/guide/en/cgroups/rename/",
    "article to remove": "/guide/en/cgroups/remove/",
    "removed articles": "/guide/removed/",
    "new article": "/guide/en/new/",
    "changes to the guide": "/guide/changes/",
    "pictures": "/guide/pictures/",
    "search": "/search/?q=web",
    "search in two languages": "/search/?q=/etc/subuid",
    "search for nothing yet": "/search/",
    "search for nothing there is": "/search/?q=there-is-no-such-thing",
    "not found": "/there-is-no-such-page/",
}
FOUND = {
    "finding": ("/findings/?expand=privileged-container", r"/findings/\d+/"),
    "finding of an engine": ("/findings/?expand=userns-remap-off", r"/findings/\d+/"),
    "finding with a long command": ("/findings/?expand=no-memory-limit", r"/findings/\d+/"),
    "resolved finding": ("/findings/?state=resolved&expand=no-memory-limit", r"/findings/\d+/"),
    "host": ("/hosts/", r"/hosts/web-01/"),
    "unreachable host": ("/hosts/", r"/hosts/legacy-nas/"),
    "timeline of a host": ("/hosts/web-01/", r"/hosts/web-01/timeline/"),
    "host to change": ("/hosts/web-01/", r"/hosts/web-01/edit/"),
    "channel": ("/settings/messages/", r"/settings/messages/\d+/"),
    "person": ("/settings/people/", r"/settings/people/\d+/"),
    "host to remove": ("/hosts/web-01/", r"/hosts/web-01/remove/"),
    "container": ("/hosts/web-01/", r"/hosts/web-01/containers/.+/"),
}
IN_FRENCH = {
    "account": "/settings/account/",
    "overview": "/",
    "a past day": "/as-of/",
    "why the score moved": "/trends/why/",
    "trends": "/trends/",
    "benchmark": "/benchmark/",
    "attestation": "/benchmark/host-os-hardened/web-01/",
    "findings with a group open": "/findings/?expand=no-memory-limit",
    "article": "/guide/fr/cgroups/",
    "work on the guide": "/guide/work/",
    "editor": "/guide/fr/cgroups/edit/",
    "who wrote what": "/guide/fr/cgroups/blame/",
    "changes to the guide": "/guide/changes/",
    "host to add": "/hosts/add/",
    "proposals": "/guide/proposals/",
    "search": "/search/?q=memoire",
}
# What is there only once somebody asked a check again.
AFTER_ASKING = {"receipt": ("finding", r"/receipts/\d+/")}
# What is there only once somebody registered a host that cannot be reached.
AFTER_REGISTERING = {"snapshots": "/hosts/island/snapshots/", "host that cannot be reached": "/hosts/island/"}
NAMES = (*PLAIN, *FOUND, *AFTER_ASKING, *AFTER_REGISTERING)
ANSWERS_404 = ("not found",)


def path_to(name: str, session: requests.Session, origin: str) -> str:
    """Where a page of that name is; an AssertionError where no link leads to one."""
    if name in PLAIN:
        return PLAIN[name]
    if name in AFTER_REGISTERING:
        _register(session, origin)
        return AFTER_REGISTERING[name]
    if name in AFTER_ASKING:
        _ask_again(session, origin)
    page, pattern = {**FOUND, **AFTER_ASKING}[name]
    page = page if page.startswith("/") else path_to(page, session, origin)
    answer = session.get(origin + page, timeout=60)
    links = [link for link in LINK_TO.findall(answer.text) if re.fullmatch(pattern, link)]
    assert links, f"no link to {pattern} on {page}"
    return links[0]


def _ask_again(session: requests.Session, origin: str) -> None:
    page = origin + path_to("finding", session, origin)
    assert _pressed(session, page, f"{page}again/") == 200


def _register(session: requests.Session, origin: str) -> None:
    """Once: the second time its name is taken, which is as good."""
    page = f"{origin}/hosts/add/offline/"
    assert _pressed(session, page, page, name="island", interval="1440") in (200, 422)


def _pressed(session: requests.Session, page: str, url: str, **fields: str) -> int:
    """The status of the answer, redirects followed."""
    token = TOKEN.search(session.get(page, timeout=60).text)
    assert token, f"no form on {page}"
    data = {"csrfmiddlewaretoken": token[1], **fields}
    return session.post(url, data, headers={"Referer": page}, timeout=60).status_code
