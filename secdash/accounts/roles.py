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
    DISCUSS = "discuss", _("Comment on findings")
    TRIAGE = "triage", _("Assign findings and set due dates")
    ACCEPT_RISK = "accept_risk", _("Accept risks")
    APPROVE_RISK = "approve_risk", _("Approve the acceptance of risks")
    SHARE_VIEWS = "share_views", _("Share views of findings with everybody")
    MANAGE_CHANNELS = "manage_channels", _("Send messages to chats, webhooks and groups")
    SET_POLICY = "set_policy", _("Set due dates and limits of acceptance by severity")
    MANAGE_PEOPLE = "manage_people", _("Invite people, give them roles and groups")
    MANAGE_TOKENS = "manage_tokens", _("Give programs tokens of their own")
    READ_AUDIT = "read_audit", _("Read who changed what")


# What a role lets people do to hosts: on all of them, or on those of the groups in which they have it.
ON_HOSTS = frozenset(
    {
        Act.SEE_HOSTS,
        Act.SCAN,
        Act.MANAGE_HOSTS,
        Act.ATTEST,
        Act.DISCUSS,
        Act.TRIAGE,
        Act.ACCEPT_RISK,
        Act.APPROVE_RISK,
        Act.MANAGE_CHANNELS,
    }
)
# What has nothing to do with any host. Everything else that is no act on a host is about all of them at once.
WHATEVER_REACH = frozenset({Act.SEE_HOSTS, Act.EDIT_GUIDE, Act.PUBLISH_GUIDE, Act.SHARE_VIEWS})

_EDITORS = frozenset({Role.CONTRIBUTOR, Role.REVIEWER, Role.OPERATOR, Role.ADMINISTRATOR})
_REVIEWERS = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})
_OPERATORS = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

ALLOWED: dict[Act, frozenset[Role]] = {
    Act.SEE_HOSTS: frozenset(Role),
    Act.EDIT_GUIDE: _EDITORS,
    Act.PUBLISH_GUIDE: _REVIEWERS,
    Act.SCAN: _OPERATORS,
    Act.MANAGE_HOSTS: _OPERATORS,
    Act.ATTEST: _OPERATORS,
    Act.DISCUSS: _EDITORS,
    Act.TRIAGE: _OPERATORS,
    Act.ACCEPT_RISK: _OPERATORS,
    Act.APPROVE_RISK: _REVIEWERS,
    Act.SHARE_VIEWS: _OPERATORS,
    Act.MANAGE_CHANNELS: _OPERATORS,
    Act.SET_POLICY: _ADMINISTRATORS,
    Act.MANAGE_PEOPLE: _ADMINISTRATORS,
    Act.MANAGE_TOKENS: _ADMINISTRATORS,
    Act.READ_AUDIT: _ADMINISTRATORS,
}
