"""An image of one program of this machine with the libraries that it is linked to, made without any registry."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from tests.engine.dockerd import search_path

LIBRARY = re.compile(r"(/\S+) \(0x")


def rootfs_of(name: str) -> bytes:
    """A tar archive of a root file system in which nothing but this program can be run."""
    program = shutil.which(name, path=search_path()) or name
    linked = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(Path(program).resolve(), f"usr/bin/{name}")
        for library in LIBRARY.findall(linked):
            archive.add(Path(library).resolve(), library.lstrip("/"))
    return buffer.getvalue()
