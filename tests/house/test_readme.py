"""The README names every setting, and no setting that does not exist."""

from __future__ import annotations

import re

from secdash.environment import BASE

READ = re.compile(r"""(?:setting|number|choice)\(\s*["']([A-Z_]+)["']""")
TABLE = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def settings_in_code():
    modules = [*BASE.glob("secdash/**/*.py"), *BASE.glob("knowledge/**/*.py")]
    return {name for path in modules for name in READ.findall(path.read_text(encoding="utf-8"))}


def test_every_setting_is_in_the_readme():
    documented = set(TABLE.findall((BASE / "README.md").read_text(encoding="utf-8")))

    assert documented == settings_in_code()
