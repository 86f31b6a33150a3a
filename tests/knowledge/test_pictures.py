"""Pictures: what is taken, what of it is kept, who may send it, and how it is served."""

from __future__ import annotations

import html
import io
import re
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from knowledge.models import Article, Picture
from knowledge.pictures.bounds import MAX_BYTES
from knowledge.pictures.cleaning import as_it_was_kept, cleaned
from knowledge.pictures.keeping import keep, markdown
from knowledge.problems import Refused
from knowledge.rendering import render
from knowledge.services import Invalid
from secdash.accounts.roles import Role
from tests.cast import signed_in
from tests.knowledge.articles import NOON, a_body, a_published_article

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 20">{}</svg>'
RECT = '<rect id="a" width="5" height="5" fill="red" />'


def an_svg(inside=RECT):
    return SVG.format(inside).encode()


def a_picture(form="PNG", mode="RGB", size=(40, 20), **options):
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(out, form, **options)
    return out.getvalue()


def drawn(inside):
    return cleaned(an_svg(inside)).content.decode()


@pytest.mark.parametrize(
    ("form", "mode", "kind"),
    [
        *(("PNG", mode, "png") for mode in ("1", "L", "LA", "P", "RGB", "RGBA")),
        ("JPEG", "RGB", "jpg"),
        ("JPEG", "CMYK", "jpg"),
        ("WEBP", "RGBA", "webp"),
    ],
)
def test_a_picture_keeps_its_points_turned_as_they_were_meant_and_nothing_else(form, mode, kind):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "where I live"  # turned by 90 degrees; a description
    data = a_picture(form, mode, exif=exif) + b"<script>alert(1)</script>"

    clean = cleaned(data)

    assert (clean.kind, clean.width, clean.height) == (kind, 20, 40)
    assert b"where I live" in data
    assert b"where I live" not in clean.content
    assert b"<script>" not in clean.content
    assert Image.open(io.BytesIO(clean.content)).info.keys().isdisjoint({"exif", "icc_profile", "xmp", "comment"})


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_what_was_cleaned_is_taken_again_as_it_is(form):
    content = cleaned(a_picture(form)).content

    assert as_it_was_kept(content).content == content


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_what_says_to_be_clean_and_is_not_is_refused(form):
    exif = Image.Exif()
    exif[0x010E] = "where I live"

    with pytest.raises(Refused, match="not as an export writes it"):
        as_it_was_kept(a_picture(form, exif=exif))


def a_bomb(width, height):
    """A PNG of a few bytes that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    made = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no picture that the guide takes"),
        (b"GIF89a", "no picture that the guide takes"),
        (b"%PDF-1.7", "no picture that the guide takes"),
        (b"x" * (MAX_BYTES + 1), "too large"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"\xff\xd8\xff\xe0", "damaged"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "damaged"),
        (a_picture()[:300], "damaged"),
        (a_bomb(4000, 4001), "16 million"),
        (a_bomb(6001, 1), "6000 a side"),
        (a_bomb(60000, 60000), "a side|unpacks"),
        (b"<html>", "not well-formed"),
        (b"<html></html>", "no SVG picture"),
        (b"<svg/>", "no SVG picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no size"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9999 9"/>', "6000 a side"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>', "document type"),
        (b'<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg xmlns="http://www.w3.org/2000/svg"/>', "document type"),
        (an_svg("<g>" * 70 + "</g>" * 70), "nested too deeply"),
        (an_svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'), "copies"),
    ],
)
def test_what_is_no_picture_or_too_much_of_one_is_refused_in_a_sentence(data, words):
    with pytest.raises(Refused, match=words):
        cleaned(data)


def test_a_picture_that_moves_is_refused():
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])

    with pytest.raises(Refused, match="moves"):
        cleaned(out.getvalue())


def test_a_drawing_keeps_what_draws():
    inside = (
        '<title>A</title><defs><linearGradient id="g"><stop offset="0" stop-color="red" /></linearGradient></defs>'
        "<style>@media (prefers-color-scheme: dark) { rect { fill: rgb(1, 2, 3) } }</style>"
        '<rect id="a" fill="url(#g)" style="stroke: red" transform="rotate(45)" /><use href="#a" /><text>x</text>'
    )

    clean = cleaned(an_svg(inside))

    assert clean.content.decode() == SVG.format(inside).replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    assert (clean.width, clean.height, clean.removed) == (10, 20, ())
    assert cleaned(clean.content).content == clean.content


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<script xlink:href="https://e.org/x.js"/>',
        '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
        '<rect onload="alert(1)"/>',
        '<rect ONCLICK="alert(1)"/>',
        '<a xlink:href="javascript:alert(1)"><text>x</text></a>',
        '<a href="&#106;avascript:alert(1)"><text>x</text></a>',
        '<use href="data:image/svg+xml;base64,PHN2Zz4="/>',
        '<use xlink:href="https://e.org/x.svg#a"/>',
        '<image href="https://e.org/x.png"/>',
        '<image href="data:image/png;base64,AA"/>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></p></foreignObject>',
        '<iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/>',
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        '<set attributeName="onmouseover" to="alert(1)"/>',
        '<handler type="text/javascript">alert(1)</handler>',
        '<rect style="fill: url(https://e.org/x)"/>',
        '<rect fill="url(https://e.org/x#a)"/>',
        '<rect style="fill: u\\72l(https://e.org)"/>',
        "<rect style=\"background: image-set('https://e.org/x' 1x)\"/>",
        "<style>@import 'https://e.org/x.css';</style>",
        "<style>@font-face { src: url(https://e.org/x) }</style>",
        "<style>rect { fill: url(javascript:alert(1)) }</style>",
        "<style><![CDATA[</style><script>alert(1)</script>]]></style>",
        '<rect xml:base="https://e.org/"/>',
        '<?xml-stylesheet href="https://e.org/x.css"?>',
        "<metadata><x>secret</x></metadata>",
        '<filter id="f"><feImage href="https://e.org/x"/></filter>',
    ],
)
def test_a_drawing_loses_what_runs_or_reaches_out(inside):
    out = drawn(inside).replace("http://www.w3.org/2000/svg", "")

    for word in ("script:", "<script", "e.org", "data:", "foreign", "iframe", "animate", "<set", "handler", "secret"):
        assert word not in out.lower()
    assert not re.search(r"\son\w+=", out, re.IGNORECASE)
    assert as_it_was_kept(cleaned(an_svg(inside)).content)


@given(st.binary(max_size=60), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF....WEBP", b"<svg "]))
def test_no_bytes_do_more_than_be_refused(rest, start):
    with pytest.raises(Refused):
        cleaned(start + rest)


def test_a_line_of_markdown_shows_the_picture_whatever_its_words():
    picture = Picture(digest="0" * 64, kind="png")
    text = markdown(picture, "a ](x) *b*\n`c` <d>")

    (lead,) = render(a_body(text), checks=()).sections
    assert f'src="/guide/pictures/{"0" * 64}.png"' in lead.html
    assert 'alt="a ](x) *b* `c` &lt;d&gt;"' in lead.html


@pytest.mark.parametrize(
    "source",
    [
        "/guide/pictures/short.png",
        f"/guide/pictures/{'0' * 64}.gif",
        f"/guide/pictures/../{'0' * 64}.png",
        f"/guide/pictures/{'0' * 64}.png?x",
        f"guide/pictures/{'0' * 64}.png",
        "/accounts/logout/x.png",
        "img/x.png",
    ],
)
def test_only_addresses_of_our_pictures_are_shown(source):
    (lead,) = render(a_body(f"![x]({source})"), checks=()).sections

    assert "src=" not in lead.html


@pytest.mark.parametrize("written", ["![](/static/x.png)", "text ![ \t](/static/x.png)", "![][x]"])
def test_a_picture_without_words_is_a_problem_on_its_line(written):
    (problem,) = render(a_body(f"## A\n\n{written}"), checks=()).problems

    assert (problem.line, "lacks words" in str(problem.message)) == (12, True)


@pytest.mark.parametrize("written", ["`![](x.png)`", "![a](x.png)", "\\![](x)", "```\n![](x.png)\n```"])
def test_a_picture_with_words_and_one_that_is_shown_as_code_is_none(written):
    assert render(a_body(written), checks=()).problems == ()


@pytest.mark.django_db
def test_an_article_with_a_picture_without_words_is_not_published():
    with pytest.raises(Invalid, match="lacks words"):
        a_published_article("![](/static/x.png)")


def send(role=Role.CONTRIBUTOR, *, data=None, words="A box", name="box.svg", **headers):
    file = SimpleUploadedFile(name, an_svg() if data is None else data)
    return signed_in(role).post(reverse("pictures"), {"file": file, "words": words}, headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_who_may_write_may_send_and_everybody_sees(role):
    answer = send(role, name="box.exe")

    assert answer.status_code == (403 if role == Role.VIEWER else 200)
    assert Picture.objects.exists() == (role != Role.VIEWER)
    if picture := Picture.objects.first():
        assert markdown(picture, "A box") in html.unescape(answer.content.decode())
        assert (picture.by.role, picture.name) == (role, "A box")
        assert signed_in(Role.VIEWER).get(reverse("picture", args=[picture.digest, "svg"])).status_code == 200


@pytest.mark.django_db
def test_the_same_picture_is_kept_once():
    for _time in range(2):
        assert send().status_code == 200

    assert Picture.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"words": " "}, "Say in words what the picture shows"),
        ({"data": b"GIF89a"}, "no picture that the guide takes"),
        ({"data": b"x" * (MAX_BYTES + 1)}, "too large"),
        ({"data": b""}, "empty"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_words_stay(sent, said):
    answer = send(**sent)

    text = html.unescape(answer.content.decode())
    assert (answer.status_code, said in text) == (422, True)
    assert not Picture.objects.exists()
    if "words" not in sent:
        assert 'value="A box"' in text


@pytest.mark.django_db
def test_scripts_get_the_line_as_data():
    good, bad = send(accept="application/json"), send(accept="application/json", words="")

    assert good.json() == {
        "markdown": markdown(Picture.objects.get(), "A box"),
        "url": reverse("picture", args=[Picture.objects.get().digest, "svg"]),
        "removed": "",
    }
    assert (bad.status_code, list(bad.json()["errors"])) == (422, ["words"])


@pytest.mark.django_db
def test_htmx_gets_the_fragment():
    text = send(**{"hx-request": "true"}).content.decode()

    assert "<html" not in text
    assert "![A box](/guide/pictures/" in text
    wrong = send(words="", **{"hx-request": "true"})
    assert (wrong.status_code, "Say in words" in wrong.content.decode()) == (200, True)


@pytest.mark.django_db
def test_what_was_left_out_of_a_drawing_is_said():
    assert "onclick, script" in send(data=an_svg('<rect onclick="x"/><script/>')).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "kind", "mime"),
    [(an_svg(), "svg", "image/svg+xml"), (a_picture(), "png", "image/png"), (a_picture("JPEG"), "jpg", "image/jpeg")],
)
def test_a_picture_is_served_so_that_nothing_in_it_runs_and_it_is_never_asked_for_again(data, kind, mime):
    picture = keep(data, words="x", by=None, at=NOON).picture

    answer = signed_in().get(reverse("picture", args=[picture.digest, kind]))

    assert answer.content == bytes(picture.content)
    assert answer["Content-Type"] == mime
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert "immutable" in answer["Cache-Control"]
    assert signed_in().get(reverse("picture", args=[picture.digest, "gif"])).status_code == 404


@pytest.mark.django_db
def test_an_empty_list_says_what_will_be_there():
    assert "No picture yet" in signed_in(Role.CONTRIBUTOR).get(reverse("pictures")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("data", [an_svg(), a_picture(), a_picture("JPEG"), a_picture("WEBP")])
def test_an_export_holds_the_pictures_and_an_import_takes_them_in_as_they_were(tmp_path, data):
    picture = keep(data, words="A box", by=None, at=NOON).picture
    a_published_article(markdown(picture, "A box"))
    call_command("export_guide", tmp_path, stdout=io.StringIO())
    Picture.objects.all().delete()

    call_command("import_guide", tmp_path, stdout=io.StringIO())

    again = Picture.objects.get()
    assert (again.digest, again.kind, again.name) == (picture.digest, picture.kind, "A box")
    assert bytes(again.content) == bytes(picture.content)


@pytest.mark.django_db
def test_pictures_beside_a_text_come_in_with_it_and_those_elsewhere_do_not(tmp_path):
    (tmp_path / "en" / "img").mkdir(parents=True)
    (tmp_path / "en" / "img" / "box.svg").write_bytes(an_svg('<rect onload="x"/>'))
    (tmp_path.parent / "secret.svg").write_bytes(an_svg())
    text = "# A\n\n![a box](img/box.svg) ![out](../../secret.svg) ![gone](gone.png)\n"
    (tmp_path / "en" / "a.md").write_text(text, encoding="utf-8")

    call_command("import_guide", tmp_path, stdout=io.StringIO())

    picture = Picture.objects.get()
    assert b"onload" not in bytes(picture.content)
    body = Article.objects.with_text().get().published.body
    assert body.endswith(f"{markdown(picture, 'a box')} ![out](../../secret.svg) ![gone](gone.png)\n")
