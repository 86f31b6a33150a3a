"""`make bench`: every measurement, each in a process of its own, and whether all kept their budgets."""

from __future__ import annotations

import subprocess
import sys

BENCHES = ("collect", "lies", "judge", "scan", "deep", "pages", "guide", "search")


def main() -> int:
    failed = []
    for name in BENCHES:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            failed.append(name)
    print(f"\nover budget: {', '.join(failed)}" if failed else "\nall within budget")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
