"""Who may do what. A role is a list of acts; views and services ask for the act, never for the role."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    VIEWER = "viewer", _("Viewer")
    CONTRIBUTOR = "contributor", _("Contributor")
    REVIEWER = "reviewer", _("Reviewer")
    OPERATOR = "operator", _("Operator")
    ADMINISTRATOR = "administrator", _("Administrator")


class Act(TextChoices):
    SEE_HOSTS = "see_hosts", _("See hosts and findings")
    EDIT_GUIDE = "edit_guide", _("Propose changes to the guide")
    PUBLISH_GUIDE = "publish_guide", _("Review and publish changes to the guide")
    SCAN = "scan", _("Scan hosts")
    MANAGE_HOSTS = "manage_hosts", _("Add and remove hosts")
    ATTEST = "attest", _("Attest what no machine can judge")


_EDITORS = frozenset({Role.CONTRIBUTOR, Role.REVIEWER, Role.OPERATOR, Role.ADMINISTRATOR})
_REVIEWERS = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})
_OPERATORS = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})

ALLOWED: dict[Act, frozenset[Role]] = {
    Act.SEE_HOSTS: frozenset(Role),
    Act.EDIT_GUIDE: _EDITORS,
    Act.PUBLISH_GUIDE: _REVIEWERS,
    Act.SCAN: _OPERATORS,
    Act.MANAGE_HOSTS: _OPERATORS,
    Act.ATTEST: _OPERATORS,
}
