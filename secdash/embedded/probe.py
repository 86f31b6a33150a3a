"""`python -m secdash.embedded.probe URL`: exit 0 if the address answers 200, for container health checks."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request


def main(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=4):  # noqa: S310 - the address comes from our own image
            return 0
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
