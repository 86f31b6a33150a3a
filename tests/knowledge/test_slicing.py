"""The source of an article cut into its sections, and put together again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import slicing
from tests.knowledge.articles import a_body

TEXT = """## Memory {#memory}

Text.

### Why {#memory-why}

Because.

```sh
## not a heading
```

## CPU {#cpu}

Shares.
"""
BODY = a_body(TEXT)


def test_each_section_knows_its_own_lines_and_all_below_it():
    found = {part.anchor: part for part in slicing.slices(BODY)}

    assert list(found) == ["", "memory", "memory-why", "cpu"]
    assert slicing.own(BODY)[""] == "Lead."
    assert slicing.own(BODY)["memory"] == "## Memory {#memory}\n\nText."
    assert slicing.section(BODY, "memory").startswith("## Memory {#memory}\n\nText.\n\n### Why {#memory-why}")
    assert slicing.section(BODY, "memory").rstrip().endswith("```")
    assert found["memory"].end == found["memory-why"].end == found["cpu"].first - 1


@pytest.mark.parametrize("anchor", ["", "memory", "memory-why", "cpu"])
def test_a_section_put_back_as_it_was_changes_nothing(anchor):
    assert slicing.replaced(BODY, anchor, slicing.section(BODY, anchor)) == BODY


def test_a_section_written_anew_leaves_the_others_alone():
    changed = slicing.replaced(BODY, "memory", "## Memory {#memory}\n\nNew.\n")

    assert slicing.own(changed)["cpu"] == slicing.own(BODY)["cpu"]
    assert "memory-why" not in slicing.own(changed)
    assert "New." in changed


def test_only_what_changed_has_another_digest():
    before, after = slicing.digests(BODY), slicing.digests(BODY.replace("Because.", "For a reason."))

    assert [anchor for anchor in before if before[anchor] != after[anchor]] == ["memory-why"]


def test_a_section_that_is_not_there_is_said():
    with pytest.raises(KeyError):
        slicing.section(BODY, "nowhere")


@given(st.lists(st.sampled_from(["# A", "## B", "### C", "text", "", "```", "::: check x", "> ## quoted"])))
def test_together_the_sections_are_the_whole_text(lines):
    body = a_body("\n".join(lines))
    parts = slicing.slices(body)

    assert [part.first for part in parts[1:]] == [part.last + 1 for part in parts[:-1]]
    assert parts[-1].last == len(slicing.split(body))
