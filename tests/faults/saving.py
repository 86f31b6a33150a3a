"""An article of the guide that somebody saves."""

from __future__ import annotations

import re

import requests

from tests.faults.kept import Kept
from tests.knowledge.articles import a_body

TEXT = a_body("A sentence that took an hour to find, and that nobody wants to write again. " * 3)
OWN = {"Sec-Fetch-Site": "same-origin"}
AS_JSON = {"Accept": "application/json"}


def edited(web: Kept, body: str, *, edits: int = 0, **headers: str) -> requests.Response:
    url = f"{web.url}/guide/en/limits/edit/"
    fields = {"body": body, "edits": edits, "base": 1, "summary": "Better", "act": "save"}
    fields["csrfmiddlewaretoken"] = token(web)
    return web.session.post(url, fields, headers={**AS_JSON, **headers}, timeout=60)


def token(web: Kept) -> str:
    if not hasattr(web, "token"):
        page = web.session.get(f"{web.url}/guide/en/limits/edit/", timeout=60).text
        web.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    return web.token
