"""Each act in words, and the names of what was changed. What is not here is shown as it is called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACTS: dict[str, Promise] = {
    # people
    "person.signed_in": _("signed in"),
    "person.signed_out": _("signed out"),
    "person.refused": _("a sign-in was refused"),
    "person.code_refused": _("a second factor was refused"),
    "person.locked_out": _("sign-in was locked after too many tries"),
    "person.added": _("added a person"),
    "person.invited": _("invited a person"),
    "person.joined": _("accepted an invitation"),
    "person.changed": _("changed a person"),
    "person.role_changed": _("changed the role of a person"),
    "person.groups_changed": _("changed the groups of a person"),
    "person.deactivated": _("closed an account"),
    "person.reactivated": _("opened an account again"),
    "person.password_set": _("chose a password"),
    "person.password_changed": _("changed the password"),
    "person.reset_link": _("made a link to choose a new password"),
    "person.factor_added": _("added a second factor"),
    "person.factor_removed": _("removed a second factor"),
    "person.factors_reset": _("removed the second factors of a person"),
    "person.codes_renewed": _("drew new recovery codes"),
    "person.provider_connected": _("connected a sign-in provider"),
    "person.provider_left": _("left a sign-in provider"),
    "person.session_ended": _("ended a session"),
    "person.sessions_ended": _("ended sessions"),
    "invitation.withdrawn": _("withdrew an invitation"),
    "token.made": _("made a token"),
    "token.revoked": _("revoked a token"),
    # hosts
    "host.registered": _("added a host"),
    "host.changed": _("changed a host"),
    "host.removed": _("removed a host"),
    "hosts.imported": _("imported hosts"),
    "hosts.regrouped": _("put hosts into another group"),
    "group.removed": _("removed a group"),
    "connection.changed": _("changed how a host is reached"),
    "connection.pinned": _("confirmed the key of a host"),
    "connection.key_renewed": _("made a new upload key for a host"),
    "connection.key_handed_out": _("downloaded the upload key of a host"),
    "host.watched": _("changed whether a host is watched"),
    "maintenance.announced": _("announced maintenance"),
    "maintenance.ended": _("ended a maintenance window"),
    "samples.loaded": _("loaded the sample fleet"),
    "samples.removed": _("removed the sample fleet"),
    "keys.rotated": _("sealed everything with a new key"),
    "backup.made": _("made a backup"),
    "backup.restored": _("restored a backup"),
    # scans and findings
    "scan.requested": _("asked for a scan"),
    "snapshot.uploaded": _("uploaded a snapshot of a host"),
    "scan.all_requested": _("asked for scans of many hosts"),
    "finding.checked_again": _("had a finding checked again"),
    "finding.assigned": _("assigned a finding"),
    "finding.due_set": _("set the due date of a finding"),
    "finding.commented": _("commented on a finding"),
    "finding.comment_changed": _("changed a comment on a finding"),
    "finding.comment_removed": _("took away a comment on a finding"),
    "finding.taken_back": _("opened an accepted finding again"),
    "findings.changed": _("changed many findings at once"),
    "findings.undone": _("took back a change of many findings"),
    "acceptance.asked": _("accepted a risk, or asked to"),
    "acceptance.approved": _("approved an acceptance"),
    "acceptance.refused": _("refused an acceptance"),
    "acceptance.declined": _("declined what a label proposes"),
    "acceptance.taken_up": _("took up what a label proposes"),
    "acceptance.ended": _("ended an acceptance"),
    "attestation.made": _("attested an item of the benchmark"),
    "attestation.withdrawn": _("withdrew an attestation"),
    "policy.changed": _("changed the policy"),
    "policy.dues_set": _("set the due dates of open findings anew"),
    "view.saved": _("saved a view"),
    "view.changed": _("changed a saved view"),
    "view.removed": _("removed a saved view"),
    # messages and reports
    "channel.added": _("added a channel"),
    "channel.changed": _("changed a channel"),
    "channel.confirmed": _("confirmed the address of a channel"),
    "channel.tested": _("sent a test message"),
    "channel.paused": _("paused a channel"),
    "channel.resumed": _("resumed a channel"),
    "channel.removed": _("removed a channel"),
    "rule.added": _("added a rule of messages"),
    "rule.changed": _("changed a rule of messages"),
    "rule.removed": _("removed a rule of messages"),
    "report.scheduled": _("had a report come by mail"),
    "report.stopped": _("stopped a report by mail"),
    # the guide
    "article.begun": _("began an article"),
    "article.published": _("published a text of the guide"),
    "article.reverted": _("put an older text of the guide back"),
    "article.renamed": _("gave an article another key"),
    "article.removed": _("removed an article"),
    "article.restored": _("brought an article back"),
    "section.reviewed": _("found a section still right"),
    "proposal.sent": _("sent a proposal for review"),
    "proposal.withdrawn": _("withdrew a proposal"),
    "proposal.merged": _("brought a proposal up to date"),
    "proposal.decided": _("decided on a proposal"),
    "guide.commented": _("commented on the guide"),
    "guide.thread_resolved": _("resolved a comment on the guide"),
    "guide.thread_reopened": _("reopened a comment on the guide"),
    "picture.added": _("added a picture"),
}

KINDS: dict[str, Promise] = {
    "user": pgettext_lazy("on what", "person"),
    "host": pgettext_lazy("on what", "host"),
    "finding": pgettext_lazy("on what", "finding"),
    "bulkact": pgettext_lazy("on what", "change of many findings"),
    "acceptance": pgettext_lazy("on what", "acceptance"),
    "savedview": pgettext_lazy("on what", "saved view"),
    "channel": pgettext_lazy("on what", "channel"),
    "schedule": pgettext_lazy("on what", "report by mail"),
    "article": pgettext_lazy("on what", "article"),
    "proposal": pgettext_lazy("on what", "proposal"),
    "picture": pgettext_lazy("on what", "picture"),
    "connection": pgettext_lazy("on what", "connection"),
}

# Of hosts, as `fleet` and `watching` enter them.
FIELDS: dict[str, Promise] = {
    "name": pgettext_lazy("setting", "name"),
    "environment": pgettext_lazy("setting", "environment"),
    "owner": pgettext_lazy("setting", "owner"),
    "interval": pgettext_lazy("setting", "minutes between scans"),
    "file_reading": pgettext_lazy("setting", "files of the host"),
    "image_reading": pgettext_lazy("setting", "files in images"),
    "group": pgettext_lazy("setting", "group"),
    "tags": pgettext_lazy("setting", "tags"),
    "kind": pgettext_lazy("setting", "kind of connection"),
    "address": pgettext_lazy("setting", "address"),
    "host_key": pgettext_lazy("setting", "key of the SSH host"),
    "certificate_ends": pgettext_lazy("setting", "last day of the certificate"),
    "credentials": pgettext_lazy("setting", "credentials"),
    "key": pgettext_lazy("setting", "upload key"),
    "mode": pgettext_lazy("setting", "watching"),
    "from": pgettext_lazy("setting", "from"),
    "until": pgettext_lazy("setting", "until"),
    "reason": pgettext_lazy("setting", "reason"),
}


def act_in_words(act: str) -> Promise | str:
    return ACTS.get(act, act)


def kind_in_words(kind: str) -> Promise | str:
    return KINDS.get(kind, kind)


def field_in_words(field: str) -> Promise | str:
    return FIELDS.get(field, field)
