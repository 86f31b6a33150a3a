"""Who may call which operation: its scope, and the roles whose tokens are let in."""

from __future__ import annotations

from secdash.accounts.roles import Role
from secdash.api.models import Scope

EVERYBODY = frozenset(Role)
EDITORS = EVERYBODY - {Role.VIEWER}
OPERATORS = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
ARTICLE = {"language": "en", "key": "none"}
ONE, HOST = {"pk": 1}, {"slug": "none"}

# address → (method, arguments, scopes, who). Nothing of what is asked for exists: whoever is let in is told so.
OPERATIONS = {
    "api-list-hosts": ("get", {}, {Scope.READ}, EVERYBODY),
    "api-get-host": ("get", HOST, {Scope.READ}, EVERYBODY),
    "api-create-host": ("post", {}, {Scope.ACT}, OPERATORS),
    "api-ask-host-key": ("post", {}, {Scope.ACT}, OPERATORS),
    "api-change-host": ("patch", HOST, {Scope.ACT}, OPERATORS),
    "api-replace-connection": ("put", HOST, {Scope.ACT}, OPERATORS),
    "api-remove-host": ("delete", HOST, {Scope.ACT}, OPERATORS),
    "api-list-groups": ("get", {}, {Scope.READ}, EVERYBODY),
    "api-list-findings": ("get", {}, {Scope.READ}, EVERYBODY),
    "api-get-finding": ("get", ONE, {Scope.READ}, EVERYBODY),
    "api-get-history": ("get", ONE, {Scope.READ}, EVERYBODY),
    "api-change-finding": ("patch", ONE, {Scope.ACT}, OPERATORS),
    "api-create-comment": ("post", ONE, {Scope.ACT}, EDITORS),
    "api-list-acceptances": ("get", {}, {Scope.READ}, EVERYBODY),
    "api-get-acceptance": ("get", ONE, {Scope.READ}, EVERYBODY),
    "api-create-acceptance": ("post", {}, {Scope.ACT}, OPERATORS),
    "api-end-acceptance": ("post", ONE, {Scope.ACT}, OPERATORS),
    "api-start-scan": ("post", HOST, {Scope.SCAN}, OPERATORS),
    "api-upload-snapshot": ("post", HOST, {Scope.UPLOAD}, OPERATORS),
    "api-get-scan": ("get", ONE, {Scope.READ, Scope.SCAN}, EVERYBODY),
    "api-list-scans": ("get", {}, {Scope.READ}, EVERYBODY),
    "api-list-checks": ("get", {}, {Scope.READ}, EVERYBODY),
    "api-get-check": ("get", {"name": "none"}, {Scope.READ}, EVERYBODY),
    "api-get-benchmark": ("get", {}, {Scope.READ}, EVERYBODY),
    "api-get-trend": ("get", {"table": "none"}, {Scope.READ}, EVERYBODY),
    "api-list-articles": ("get", {}, {Scope.READ}, EVERYBODY),
    "api-get-article": ("get", ARTICLE, {Scope.READ}, EVERYBODY),
    "api-list-revisions": ("get", ARTICLE, {Scope.READ}, EVERYBODY),
    "api-get-revision": ("get", {**ARTICLE, "number": 1}, {Scope.READ}, EVERYBODY),
    "api-get-token": ("get", {}, {Scope.READ}, EVERYBODY),
}
# For programs as well, but no operations; their own tests say who gets in.
BESIDE = {"api-openapi", "api-nothing", "metrics", "health-dependencies"}
