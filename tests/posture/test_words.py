"""The words that rows are made of: kept once a language, counted in the kind's unit, and never markup."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.urls import set_script_prefix
from django.utils import translation

from secdash.checks import CATALOGUE
from secdash.posture.asked import Asked
from secdash.posture.counting import counted, of_how_many
from secdash.posture.faces import faces_said
from secdash.posture.lasting import check_part, item_part
from secdash.posture.tallies import Faces
from secdash.posture.trends.comparing import Figures
from secdash.posture.trends.saying import of_accepted, of_moved

LINK = "posture/_check_link.html"
TAGS = "posture/_benchmark_tags.html"


def draw(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


def test_what_a_change_does_to_the_score_has_the_sign_of_decimals_of_the_language():
    with translation.override("fr"):
        french = draw("{% load threats %}{{ 3.26|points }} {{ -0.5|points }} {{ 0.01|points }}")

    assert french == "+3,3 −0,5 ±0"
    assert draw("{% load threats %}{{ 3.26|points }}") == "+3.3"


def test_the_gist_of_a_chart_agrees_with_each_of_its_numbers():
    numbers = {"accepted": 5, "accepted_begun": 1, "accepted_ended": 0, "opened": 1, "resolved": 2}
    one = Figures(**dict.fromkeys(Figures._fields, 0) | numbers)

    assert of_accepted(one) == "5 findings stand accepted; 1 acceptance began and 0 ended."
    assert of_moved(one) == "1 finding was opened and 2 were resolved."


@pytest.fixture
def mounted_elsewhere():
    set_script_prefix("/security/")
    yield
    set_script_prefix("/")


def test_what_is_kept_of_a_check_is_in_the_language_that_is_asked_for():
    english = check_part(LINK, "no-memory-limit")
    with translation.override("fr"):
        french = check_part(LINK, "no-memory-limit")

    assert CATALOGUE["no-memory-limit"].title in english
    assert CATALOGUE["no-memory-limit"].title not in french
    assert check_part(LINK, "no-memory-limit") == english


def test_what_is_kept_of_a_check_leads_to_where_the_product_stands(mounted_elsewhere):
    assert 'href="/security/checks/host-pid/"' in check_part(LINK, "host-pid")


def test_a_check_that_is_gone_has_no_part():
    with pytest.raises(KeyError):
        check_part(LINK, "no-such-check")


def test_what_is_kept_of_an_item_is_of_its_edition():
    assert "not known" in item_part(TAGS, "1.6", "6.1")
    assert "not known" not in item_part(TAGS, "1.7", "6.1")


@pytest.mark.parametrize(
    ("faces", "said"),
    [
        (Faces(3, 1, 2, 4), '<b class="bad">1 fail</b> · 2 unknown · 3 pass · 4 n/a'),
        (Faces(3, 0, 0, 4), "3 pass · 4 n/a"),
        (Faces(0, 1, 0, 0), '<b class="bad">1 fail</b>'),
        (Faces(), ""),
    ],
)
def test_faces_leave_out_what_there_is_none_of(faces, said):
    assert faces_said(faces) == said


def test_things_are_counted_in_the_unit_of_their_kind():
    assert [counted("container", 1), counted("container", 2), counted("engine", 2)] == [
        "container",
        "containers",
        "hosts",
    ]
    assert [of_how_many("image", 1), of_how_many("image", 9), of_how_many("engine", 3)] == [
        "of 1 image",
        "of 9 images",
        "of 3 hosts",
    ]


def test_the_place_that_was_chosen_goes_on_in_an_address():
    assert Asked().place == ""
    assert Asked(host="web-01", group="shop").place == "&host=web-01"
    assert Asked(group='a"&b').place == "&group=a%22%26b"
