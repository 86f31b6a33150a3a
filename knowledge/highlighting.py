"""Code blocks: a figure with the language as its caption, and spans in the few classes that the look knows."""

from __future__ import annotations

from functools import cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, String, _TokenType
from pygments.util import ClassNotFound

CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "tk-c"),
    (Generic.Prompt, "tk-p"),
    (Generic.Output, "tk-o"),
    (Generic.Deleted, "tk-d"),
    (Generic.Inserted, "tk-i"),
    (Keyword, "tk-k"),
    (Name.Tag, "tk-k"),
    (Name.Attribute, "tk-k"),
    (String, "tk-s"),
    (Number, "tk-n"),
)
CAPTIONS = {
    "": "",
    "c": "C",
    "conf": "Configuration",
    "console": "Terminal",
    "diff": "Diff",
    "docker": "Dockerfile",
    "dockerfile": "Dockerfile",
    "go": "Go",
    "ini": "INI",
    "json": "JSON",
    "nginx": "nginx",
    "python": "Python",
    "sh": "Shell",
    "bash": "Shell",
    "shell": "Shell",
    "sql": "SQL",
    "text": "",
    "toml": "TOML",
    "yaml": "YAML",
    "yml": "YAML",
}
MAX_HIGHLIGHTED = 20_000


def figure(code: str, language: str) -> str:
    caption = CAPTIONS.get(language, language)
    return (
        f'<figure class="code"><figcaption><span>{escape(caption)}</span></figcaption>'
        f'<pre tabindex="0"><code>{highlighted(code, language)}</code></pre></figure>'
    )


def highlighted(code: str, language: str) -> str:
    """Escaped HTML. Long blocks and languages that nobody knows stay plain."""
    lexer = _lexer(language) if len(code) <= MAX_HIGHLIGHTED else None
    if lexer is None:
        return escape(code, quote=False)
    return "".join(_span(_class(kind), text) for kind, text in lexer.get_tokens(code)).rstrip("\n")


def _lexer(language: str) -> Lexer | None:
    if language not in CAPTIONS or not language:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def _class(kind: _TokenType) -> str:
    return next((css for parent, css in CLASSES if parent in kind.split()), "")


def _span(css: str, text: str) -> str:
    safe = escape(text, quote=False)
    return f'<span class="{css}">{safe}</span>' if css and text.strip() else safe
