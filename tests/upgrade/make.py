"""`python -m tests.upgrade.make 0.1.0`: a small backup with a row of each kind, and its figures.

Run at each release, with the code of that release; see docs/releases.md.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from tests.upgrade.figures import KEY, figures

HERE = Path(__file__).parent


def main(version: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "guide").mkdir()
        os.environ.update(
            {"SECDASH_DATA": name, "SECDASH_SECRET_KEY": KEY, "DJANGO_SETTINGS_MODULE": "secdash.settings"}
        )
        os.environ.pop("DATABASE_URL", None)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        _fill(folder / "guide")
        (HERE / f"{version}.zip").unlink(missing_ok=True)
        call_command("backup", str(HERE / f"{version}.zip"))
        (HERE / f"{version}.json").write_text(json.dumps(figures(), indent=1, sort_keys=True) + "\n")


def _fill(guide: Path) -> None:
    from tests import queueing
    from tests.house.world import build

    with queueing.broker(queueing.IN_MEMORY):
        build(guide)


if __name__ == "__main__":
    main(sys.argv[1])
