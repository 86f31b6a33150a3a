"""A page as PDF. WeasyPrint lays it out; nothing is fetched but the product's own style sheet.

It is loaded when first asked for: it takes seconds to import, and it needs Pango, which a laptop may not have.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from PIL import ImageFile

STYLE = "css/report.css"


class NoPaper(Exception):
    """This machine cannot make PDF: a library of the system is missing."""


def as_pdf(template: str, context: dict[str, Any]) -> bytes:
    """The template on paper. Raises NoPaper where Pango is not installed."""
    weasyprint = _weasyprint()
    text = render_to_string(template, {**context, "on_paper": True})
    page = weasyprint.HTML(string=text, url_fetcher=_nothing)
    written: bytes = page.write_pdf(stylesheets=[weasyprint.CSS(string=style())], pdf_variant="pdf/ua-1")
    return written


def style() -> str:
    """The style sheet of reports, as it lies in the sources: plain CSS, not built."""
    found = finders.find(STYLE)
    if found is None:
        raise FileNotFoundError(STYLE)
    return Path(found).read_text(encoding="utf-8")


def _weasyprint() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as error:  # OSError is how a missing library of the system shows
        raise NoPaper from error
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # importing it let Pillow take broken pictures, in all of the process
    return weasyprint


def _nothing(url: str, *_rest: Any, **_more: Any) -> Any:
    """What names of hosts and images may make a page ask for: nothing."""
    raise ValueError(url)
