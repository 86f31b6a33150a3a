"""The pages of acceptances and of the policy, as people use them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.findings.models import Acceptance, Finding, SeverityPolicy
from tests.cast import signed_in
from tests.findings.accepted import CHECK, REASON, an_acceptance, in_days, the_finding
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db
LABEL = ("secdash.accept.no-memory-limit", REASON)
PROJECT = ("com.docker.compose.project", "shop")


@pytest.fixture
def host():
    made = a_host("web-01")
    scan_of(made, named("app", memory=0, labels=(LABEL, PROJECT)), named("job", memory=0), days_ago=1)
    return made


def form_of(finding):
    return f"{reverse('accept')}?finding={finding.pk}"


def typed(**changes):
    return {"scope": "finding", "covers": "present", "reason": REASON, "term": "90", "until": ""} | changes


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_finding_is_accepted_with_a_reason_and_a_last_day(host):
    finding = the_finding("app")
    response = signed_in(Role.OPERATOR).post(form_of(finding), typed(), follow=True)

    acceptance = Acceptance.objects.get(state="in_force")
    assert response.redirect_chain[0][0] == acceptance.get_absolute_url()
    assert (acceptance.until, acceptance.finding, acceptance.reason) == (in_days(90), finding, REASON)
    assert "1 finding on 1 host" in text(response)


def test_the_form_offers_the_scopes_of_its_finding_and_previews_the_chosen_one(host):
    client, url = signed_in(Role.OPERATOR), form_of(the_finding("app"))
    page = client.get(url)

    assert [choice for choice, _ in page.context["form"].fields["scope"].choices] == [
        *("finding", "project", "host", "image", "everywhere"),
    ]
    assert page.context["preview"].holds.findings == 1
    shown = client.post(url, typed(do="preview", scope="host", reason="Half a sen"))
    assert shown.status_code == 200
    assert shown.context["preview"].holds.findings == 2
    assert "Half a sen" in shown.content.decode()
    fragment = client.post(url, typed(do="preview", scope="host"), headers={"HX-Request": "true"})
    assert "2 findings on 1 host" in text(fragment)
    assert "<html" not in fragment.content.decode()
    assert not Acceptance.objects.filter(state="in_force").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": ""}, "Say why this risk is accepted."),
        ({"term": "day"}, "Give its last day."),
        ({"term": "day", "until": "soon"}, "Write the day as 2027-05-31."),
        ({"term": "day", "until": in_days(900).isoformat()}, "for at most 180 days"),
        ({"term": "never"}, "Select a valid choice."),
        ({"scope": "planet"}, "Select a valid choice."),
    ],
)
def test_what_is_refused_is_said_and_nothing_typed_is_lost(host, change, said):
    data = typed(**change)
    response = signed_in(Role.OPERATOR).post(form_of(the_finding("app")), data)

    assert response.status_code == 422
    assert said in text(response)
    assert data["reason"] in response.content.decode()
    assert not Acceptance.objects.filter(state="in_force").exists()


def test_a_check_is_accepted_in_a_place_without_a_finding_at_hand(host):
    client = signed_in(Role.OPERATOR)
    url = f"{reverse('accept')}?check={CHECK}&host=web-01"
    client.post(url, typed(scope="host", covers="later"))

    acceptance = Acceptance.objects.get(state="in_force")
    assert (acceptance.host, acceptance.covers, acceptance.holding.count()) == (host, "later", 2)
    assert client.get(f"{reverse('accept')}?check=no-such-check").status_code == 404
    assert client.get(f"{reverse('accept')}?finding=999999").status_code == 404
    assert client.get(reverse("accept")).status_code == 404


def test_a_second_person_approves_or_refuses_on_the_page(host):
    SeverityPolicy.objects.update(approvals=1)
    acceptance = an_acceptance()
    asker, reviewer = signed_in(Role.OPERATOR), signed_in(Role.REVIEWER)
    url = reverse("acceptance-decide", args=[acceptance.pk])

    assert "Somebody else decides" in text(asker.get(acceptance.get_absolute_url()))
    assert asker.post(url, {"decision": "approve"}).status_code == 403
    refused = reviewer.post(url, {"decision": "refuse", "answer": ""})
    assert (refused.status_code, "Say why you refuse" in text(refused)) == (422, True)
    assert "Accepted. 2 findings are held." in text(reviewer.post(url, {"decision": "approve"}, follow=True))
    assert "in the meantime" in text(reviewer.post(url, {"decision": "refuse", "answer": "No."}, follow=True))


def test_ending_early_is_confirmed_by_the_number(host):
    acceptance = an_acceptance()
    client, url = signed_in(Role.OPERATOR), reverse("acceptance-end", args=[acceptance.pk])

    assert "2 findings are open again" in text(client.get(url))
    assert client.post(url, {"number": "0"}).status_code == 422
    assert acceptance.holding.count() == 2
    assert "Ended. 2 findings are open again." in text(client.post(url, {"number": f"#{acceptance.pk}"}, follow=True))
    assert acceptance.holding.count() == 0
    assert "It has ended already" in text(client.post(url, {"number": f"#{acceptance.pk}"}, follow=True))
    assert client.get(url).url == acceptance.get_absolute_url()


def test_one_finding_is_taken_back(host):
    an_acceptance()
    finding = the_finding("app")
    client, url = signed_in(Role.OPERATOR), reverse("acceptance-take-back", args=[finding.pk])

    assert "Taken back." in text(client.post(url, follow=True))
    assert (the_finding("app").state, the_finding("job").state) == ("open", "accepted")
    assert "nothing was taken back" in text(client.post(url, follow=True))


def test_what_a_label_proposes_is_taken_up_or_refused_by_a_person(host):
    proposal = Acceptance.objects.get(state="proposed")
    client = signed_in(Role.OPERATOR)
    page = client.get(f"{reverse('acceptances')}?tab=proposed")
    assert "a label" in text(page)

    url = f"{reverse('accept')}?proposal={proposal.pk}"
    assert REASON in client.get(url).content.decode()
    client.post(url, typed(reason="Agreed with the shop team."))
    proposal.refresh_from_db()
    assert (proposal.state, the_finding("app").acceptance.reason) == ("ended", "Agreed with the shop team.")
    assert client.get(url).status_code == 404


def test_the_list_finds_what_ends_soon_what_holds_nothing_and_what_holds_most(host):
    soon = an_acceptance("finding", finding=the_finding("job"), until=in_days(3))
    wide = an_acceptance(covers="later", until=in_days(170))
    idle = an_acceptance(check_name="privileged-container", covers="later", until=in_days(29), reason="Never mind.")
    client = signed_in()

    def shown(order):
        page = client.get(f"{reverse('acceptances')}?order={order}")
        return [line.acceptance for line in page.context["listing"].lines]

    assert shown("ending") == [soon, idle]
    assert shown("stale") == [idle]
    assert set(shown("widest")) == {wide, soon}
    assert shown("newest") == [idle, wide, soon]


@pytest.mark.parametrize("tab", ["in-force", "waiting", "proposed", "ended"])
def test_the_list_asks_as_little_for_many_as_for_one(host, tab, django_assert_max_num_queries):
    for number in range(3):
        an_acceptance("finding", finding=the_finding("job"), reason=f"No. {number}", covers="later")
    client = signed_in(Role.ADMINISTRATOR)
    with django_assert_max_num_queries(12):
        client.get(f"{reverse('acceptances')}?tab={tab}")


def test_an_acceptance_says_what_voided_it(host, django_assert_max_num_queries):
    acceptance = an_acceptance()
    scan_of(host, named("app", memory=0, cap_add=("SYS_ADMIN",)), named("job", memory=0))
    client = signed_in()
    with django_assert_max_num_queries(15):
        page = client.get(acceptance.get_absolute_url())

    assert "It gained capabilities: SYS_ADMIN." in text(page)
    assert "1 finding on 1 host" in text(page)


POLICY = {f"{name}_{word}": "" for word in ("critical", "high", "medium", "low", "info") for name in ("fix", "accept")}
AGREES = {f"approvals_{word}": "0" for word in ("critical", "high", "medium", "low", "info")}


def test_the_policy_is_changed_for_what_opens_from_now_on(host):
    before = the_finding("app").due_on
    client, url = signed_in(Role.ADMINISTRATOR), reverse("policy")
    changed = {**POLICY, **AGREES, "fix_low": "10", "fix_medium": "10", "approvals_critical": "1"}

    assert "Saved." in text(client.post(url, changed, follow=True))
    assert SeverityPolicy.objects.get(severity=4).approvals == 1
    assert the_finding("app").due_on == before
    assert client.post(reverse("policy-dues")).status_code == 422
    assert the_finding("app").due_on == before
    client.post(reverse("policy-dues"), {"sure": "yes"})
    assert the_finding("app").due_on == the_finding("app").opened_at.date() + timedelta(days=10)


def test_a_policy_with_a_wrong_number_is_not_saved_and_says_which(host):
    response = signed_in(Role.ADMINISTRATOR).post(reverse("policy"), {**POLICY, **AGREES, "fix_high": "0"})

    assert response.status_code == 422
    assert "At least one day" in text(response)
    assert SeverityPolicy.objects.get(severity=3).fix_days == 30


def test_a_due_date_set_by_a_person_stays_until_the_finding_opens_again(host):
    day = timezone.now().date() + timedelta(days=3)
    Finding.objects.filter(pk=the_finding("job").pk).update(due_on=day)
    scan_of(host, named("job", memory=0, image="shop/job:2"))
    assert the_finding("job").due_on == day

    scan_of(host, named("job"))
    scan_of(host, named("job", memory=0))
    assert the_finding("job").due_on == timezone.now().date() + timedelta(days=90)


def test_what_stands_beside_an_accepted_finding_says_by_whom_until_when_and_why(host):
    acceptance = an_acceptance("finding", finding=the_finding("job"))
    shown = render_to_string("posture/_acceptance_of.html", {"finding": the_finding("job"), "may_accept": True})

    assert REASON in shown
    assert acceptance.get_absolute_url() in shown
    assert reverse("acceptance-take-back", args=[the_finding("job").pk]) in shown
    assert render_to_string("posture/_acceptance_of.html", {"finding": the_finding("app")}).strip() == ""
