"""Reads a Markdown text into articles, with an account of what was changed and what was not understood."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from knowledge.exchange import crossing, front, inline, lists, tables
from knowledge.exchange.account import Account, Change, Kept
from knowledge.exchange.drafts import Draft, Naming, drafts
from knowledge.exchange.headings import Block, blocks, named
from knowledge.exchange.keys import Keys, first_edition
from knowledge.exchange.lines import numbered, refuse_endless, with_code_marked, without_runs_of_blanks
from knowledge.exchange.sizing import fitting
from knowledge.exchange.splitting import AUTO, pieces
from knowledge.metadata import Meta, read_meta

MAX_BYTES = 4_000_000


class Read(msgspec.Struct, frozen=True):
    """An article as it would be published."""

    key: str
    body: str
    meta: Meta


class Reading(msgspec.Struct, frozen=True):
    articles: tuple[Read, ...]
    account: Account

    @property
    def changes(self) -> list[Change]:
        return self.account.changes

    @property
    def kept(self) -> list[Kept]:
        return self.account.kept


def read(
    text: str, *, name: str, split: str = AUTO, keys: Keys | None = None, standing: Mapping[str, Meta] | None = None
) -> Reading:
    """`name` is that of the file, which names what has no title; `standing` the metadata that the guide has by key.

    A text in the guide's own form is taken as it stands, unless it is to be split. Raises Refused where the text has
    no heading of the kind it is to be split at, and for a line or a number of headings that no guide needs.
    """
    account = Account()
    lines = numbered(text, account)
    plain = "\n".join(line.text for line in lines)
    if split == AUTO and front.is_source(plain):
        return Reading((Read(name, text.replace("\r\n", "\n"), read_meta(plain.split("\n"))[0]),), Account())
    given, rest = front.parted(lines, account)
    coded = with_code_marked(rest, account)
    refuse_endless(coded)
    marked = [inline.mended(line, account) for line in coded]
    found = [_straightened(block, account) for block in blocks(marked, account)]
    cut = pieces(found, split, keys or first_edition()) if found else []
    naming = Naming(keys or first_edition(), named(name), standing or {})
    made = drafts(cut, given, naming, account)
    crossing.with_shared_definitions(made, account)
    crossing.with_links_followed(made, found, account)
    return Reading(tuple(_read(draft, account) for draft in fitting(made, account)), account)


def _straightened(block: Block, account: Account) -> Block:
    return Block(block.head, lists.straightened(tables.turned(block.lines, account), account))


def _read(draft: Draft, account: Account) -> Read:
    draft.lines = without_runs_of_blanks(draft.lines, account)
    return Read(draft.key, draft.body, draft.meta)
