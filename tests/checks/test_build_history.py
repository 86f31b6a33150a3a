"""What the checks say of how an image was built, read from lines as both builders write them."""

from __future__ import annotations

import time

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.build_history import opens_to_everybody, runs_download, uses_sudo, verification_off
from secdash.checks.build_leftovers import leaves_cache
from secdash.checks.history import read
from secdash.checks.remedy import BuildFix
from secdash.facts.model import HistoryStep
from tests.build import UNSEEN, an_image
from tests.checks.cases import Case, Facts, cases

HASH = "95f3300c967a36ac869e5d0a5637b9c8fd271055167fd969082aaae4890ea0dd"
COMMIT = "a1" * 20


def built(*steps: str, size: int = 1_000) -> Facts:
    return {"history": tuple(HistoryStep(step, size) for step in steps)}


UNREAD: list[Facts] = [{"history": UNSEEN}, {"history": (HistoryStep("", 1_000),)}, {"history": ()}]

CASES: tuple[Case, ...] = (
    *cases(
        "image-runs-download",
        passes=[{}, built("COPY setup.sh / # buildkit")],
        fails=[built("RUN /bin/sh -c curl -fsSL https://example.org/setup | sh # buildkit")],
        unknown=UNREAD,
    ),
    *cases(
        "image-remote-add",
        passes=[
            {},
            built("/bin/sh -c #(nop) ADD file:0a1b2c in /srv "),
            built(f"/bin/sh -c #(nop) ADD dir:{HASH} in /srv "),
            built("ADD app.tar.gz /srv # buildkit"),
            built(f"ADD https://example.org/app.git#{COMMIT} /src # buildkit"),
            built("ADD https://example.org/app.git?ref=v1&checksum=a1b2 /src # buildkit"),
            built("ADD https://example.org/app.git?commit=a1b2 /src # buildkit"),
            built("ADD --checksum=sha256:a1b2 https://example.org/a /a"),
            built("COPY https://example.org/ /srv # buildkit"),
        ],
        fails=[
            built(f"/bin/sh -c #(nop) ADD {HASH} in /tool "),
            built(f"/bin/bash -o pipefail -c #(nop) ADD --chown=1:1 {HASH} in /tool "),
            built("ADD https://example.org/a /a # buildkit", f"/bin/sh -c #(nop) ADD {HASH} in /tool "),
        ],
        unknown=[
            *UNREAD,
            built("ADD https://example.org/tool /tool # buildkit"),
            built("ADD --chmod=755 http://example.org/tool /tool # buildkit"),
            built("ADD git@example.org:shop/app.git /src # buildkit"),
            built("ADD ssh://git@example.org/app.git#main /src # buildkit"),
            built("ADD git://example.org/app.git /src # buildkit"),
            built("ADD ftp://example.org/app /src # buildkit"),
        ],
    ),
    *cases(
        "image-verification-off",
        passes=[{}],
        fails=[built("RUN /bin/sh -c curl -fsSLk https://example.org/a -o /a # buildkit")],
        unknown=UNREAD,
    ),
    *cases(
        "image-uses-sudo",
        passes=[{}],
        fails=[built("/bin/sh -c sudo make install")],
        unknown=UNREAD,
    ),
    *cases(
        "image-world-writable",
        passes=[{}],
        fails=[built("/bin/sh -c chmod 777 /srv"), built("COPY --chmod=0666 a /b # buildkit")],
        unknown=UNREAD,
    ),
    *cases(
        "image-package-cache-left",
        passes=[{}, built("RUN /bin/sh -c apt-get update && apt-get install curl # buildkit", size=0)],
        fails=[
            built("/bin/sh -c apt-get update && apt-get install curl"),
            built("/bin/sh -c apk add curl", "RUN /bin/sh -c apk add jq # buildkit"),
        ],
        unknown=[*UNREAD, built("RUN /bin/sh -c apt-get update && apt-get install curl # buildkit")],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize(
    "step",
    [
        "curl https://e.org/a | bash",
        "wget -qO- https://e.org/a | sh -x",
        "curl -fsSL https://e.org/a 2>&1 | sudo -E bash -",
        "curl https://e.org/a | tee /a | sh -s -- --yes",
        "set -e; if true; then fetch -o - https://e.org/a | /bin/ash; fi",
        "aria2c https://e.org/a | zsh",
        "curl https://e.org/a | python3 -",
        "curl https://e.org/a | python",
        "curl https://e.org/a |& perl",
        'sh -c "$(curl -fsSL https://e.org/a)"',
        "bash <(curl -s https://e.org/a)",
        "bash -e <(wget -qO- https://e.org/a)",
        "eval `curl https://e.org/a`",
        'eval "$(wget -qO- https://e.org/a)"',
        "source <(curl https://e.org/a)",
        "apt-get update\ncurl https://e.org/a \\\n | dash",
        "curl https://e.org/a | ksh",
        "curl https://e.org/a | ruby",
        "curl https://e.org/a | node",
        "curl https://e.org/a | php",
        "curl https://e.org/a | python2",
        ". <(curl https://e.org/a)",
    ],
)
def test_sees_a_download_that_runs_unread(step: str) -> None:
    assert runs_download(read(f"/bin/sh -c {step}"))
    assert runs_download(read(f"RUN |2 A=b c D=e /bin/bash -o pipefail -c {step} # buildkit"))


@pytest.mark.parametrize(
    "step",
    [
        "/bin/sh -c curl -o /a https://e.org/a && sh /a",
        "/bin/sh -c curl https://e.org/a | tar xz",
        "/bin/sh -c curl https://e.org/a | sh /read.sh",
        "/bin/sh -c curl https://e.org/a | bash -c 'cat > /a'",
        "/bin/sh -c curl https://e.org/a | python3 -m json.tool",
        "/bin/sh -c curl https://e.org/a; echo make | sh",
        "/bin/sh -c curl https://e.org/a || sh",
        "/bin/sh -c VERSION=$(curl https://e.org/version) && make",
        "/bin/sh -c sh -c 'V=$(curl https://e.org/version) make'",
        "/bin/sh -c echo 'curl https://e.org/a | sh' > /readme",
        "/bin/sh -c # curl https://e.org/a | sh",
        '/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "curl https://e.org/a | sh"]',
        "LABEL usage=curl https://e.org/a | sh",
        'CMD sh -c "$(curl https://e.org/a)"',
        "/bin/sh -c git clone https://e.org/a | sh",
    ],
)
def test_leaves_other_downloads_alone(step: str) -> None:
    assert not runs_download(read(step))


@pytest.mark.parametrize(
    "step",
    [
        "RUN apt-get install -y --allow-unauthenticated curl",
        "RUN apt install --force-yes curl",
        "RUN apt-get update --allow-insecure-repositories",
        "RUN apt-get -o APT::Get::AllowUnauthenticated=true install curl",
        "RUN aptitude -oAcquire::AllowInsecureRepositories=1 update",
        "RUN apk add --allow-untrusted /a.apk",
        "RUN yum install -y --nogpgcheck a",
        "RUN dnf install -y --no-gpgchecks a",
        "RUN dnf install -y --setopt=gpgcheck=0 a",
        "RUN microdnf install --setopt=main.gpgcheck=false a",
        "RUN tdnf install --nogpgcheck a",
        "RUN zypper --no-gpg-checks install a",
        "RUN rpm -i --nosignature a.rpm",
        "RUN curl --insecure https://e.org/a",
        "RUN curl -k https://e.org/a",
        "RUN curl -sSLko /a https://e.org/a",
        "RUN wget --no-check-certificate https://e.org/a",
        "RUN git -c http.sslVerify=false clone https://e.org/a",
        "RUN git config --global http.sslVerify false",
        "RUN pip install --trusted-host e.org a",
        "RUN /venv/bin/pip3 install --trusted-host=e.org a",
        "RUN npm config set strict-ssl false && npm ci",
        "RUN yarn config set strict-ssl=false",
        "RUN NODE_TLS_REJECT_UNAUTHORIZED=0 npm ci",
        "ENV NODE_TLS_REJECT_UNAUTHORIZED=0",
        '/bin/sh -c #(nop)  ENV GIT_SSL_NO_VERIFY="true"',
        "ARG GIT_SSL_NO_VERIFY=1",
        "ENV PYTHONHTTPSVERIFY=0",
    ],
)
def test_sees_verification_that_is_switched_off(step: str) -> None:
    assert verification_off(read(step))


@pytest.mark.parametrize(
    "step",
    [
        "RUN curl -fsSLo /tmp/k https://e.org/a",
        "RUN curl --key /k https://e.org/a",
        "RUN curl -o -k",
        "RUN echo --insecure",
        "RUN wget --check-certificate https://e.org/a",
        "RUN git config --global http.sslVerify true",
        "RUN npm config set strict-ssl true",
        "ENV NODE_TLS_REJECT_UNAUTHORIZED=1",
        "LABEL help=GIT_SSL_NO_VERIFY=1",
        "RUN pip install a",
        "RUN dnf install --setopt=gpgcheck=1 a",
        "RUN apt-get -o APT::Get::AllowUnauthenticated=false install curl",
    ],
)
def test_leaves_tools_that_verify_alone(step: str) -> None:
    assert verification_off(read(step)) == (step == "RUN curl -o -k")


@pytest.mark.parametrize(
    "step",
    [
        "sudo apt-get update",
        "make && sudo -E make install",
        "DEBIAN_FRONTEND=noninteractive sudo apt-get update",
        "curl https://e.org/a | sudo bash",
        "sudo -v",
    ],
)
def test_sees_sudo(step: str) -> None:
    assert uses_sudo(read(f"RUN {step}"))


@pytest.mark.parametrize(
    "step",
    [
        "RUN apt-get install sudo",
        "RUN visudo -c",
        "RUN echo 'a; sudo b'",
        "COPY sudo /etc/pam.d/",
        "RUN rm /usr/bin/sudo",
    ],
)
def test_does_not_mistake_other_words_for_sudo(step: str) -> None:
    assert not uses_sudo(read(step))


@pytest.mark.parametrize(
    "mode", ["777", "0777", "2777", "666", "002", "o+w", "a+rwx", "ugo=rw", "u+x,o+w", "-R 777", "og=w"]
)
def test_sees_files_that_everybody_may_write(mode: str) -> None:
    assert opens_to_everybody(read(f"RUN mkdir /a && chmod {mode} /a"))


@pytest.mark.parametrize(
    "step",
    [
        *(
            f"RUN chmod {mode} /a"
            for mode in ("755", "1777", "0775", "+x", "+w", "u+w", "ug=rw", "o-w", "a+rx", "a+rwxt")
        ),
        "RUN echo chmod 777 /a",
        "RUN chmod --reference=/b /a",
        "RUN touch 777",
        "COPY --chmod=0755 a /b # buildkit",
        "COPY a --chmod # buildkit",
        'CMD ["chmod", "777", "/a"]',
    ],
)
def test_leaves_other_modes_alone(step: str) -> None:
    assert not opens_to_everybody(read(step))


@pytest.mark.parametrize(
    ("step", "managers"),
    [
        ("apt-get update && apt-get install -y a", {"apt"}),
        ("apt-get -o Debug::x=1 update", {"apt"}),
        ("apt-get -c /etc/apt.conf -t trixie update", {"apt"}),
        ("apk -X https://e.org/x --root /r add a", {"apk"}),
        ("apt update; apt-get clean", {"apt"}),
        ("aptitude update", {"apt"}),
        ("sudo apt-get update", {"apt"}),
        ("set -e\napt-get update\napt-get install a", {"apt"}),
        ("apk add a", {"apk"}),
        ("apk --repository https://e.org/x add a", {"apk"}),
        ("apk upgrade", {"apk"}),
        ("yum install -y a", {"yum"}),
        ("dnf -y update", {"yum"}),
        ("microdnf install a", {"yum"}),
        ("tdnf install a", {"yum"}),
        ("yum makecache", {"yum"}),
        ("zypper --non-interactive in a", {"zypper"}),
        ("zypper ref", {"zypper"}),
        ("zypper refresh", {"zypper"}),
        ("apt-get update && apk add a", {"apt", "apk"}),
        ("dnf groupinstall x && rm -rf /var/lib/apt/lists/*", {"yum"}),
        ("yum localinstall a.rpm", {"yum"}),
        ("yum reinstall a", {"yum"}),
        ("zypper up", {"zypper"}),
        ("apt-get update && rm -rf /var/lib/aptitude", {"apt"}),
    ],
)
def test_sees_what_a_step_leaves_behind(step: str, managers: set[str]) -> None:
    assert leaves_cache(read(f"/bin/sh -c {step}")) == managers


@pytest.mark.parametrize(
    "step",
    [
        "apt-get update && apt-get install a && rm -rf /var/lib/apt/lists/*",
        "apt-get update && apt-get install a && rm -r /var/lib/apt/lists /tmp/x",
        "apt-get update && apt-get install a && rm -rf /var/lib/{dpkg,apt,log}/",
        "apt-get update && apt-get install a && apt-get dist-clean",
        "apt-get update && apt-get install a && apt distclean",
        "apt-get update && find /var/lib/apt/lists -type f -delete",
        "apt-get update && rm -rf /var/lib/*",
        "apt-get install a",
        "apk add --no-cache a",
        "apk add a && rm -rf /var/cache/apk/*",
        "apk add a && rm -rf /var/cache/*",
        "apk del a",
        "yum install -y a && yum clean all",
        "dnf install -y a && rm -rf /var/cache/dnf",
        "dnf install -y a && rm -rf /var/cache/libdnf5",
        "yum install -y a && rm -rf /var/cache/yum",
        "tdnf install -y a && rm -rf /var/cache/tdnf",
        "yum install -y a && rm -rf /var/cache/*",
        "microdnf install a && microdnf clean all",
        "zypper in a && zypper clean --all",
        "zypper in a && zypper cc",
        "zypper in a && rm -rf /var/cache/zypp",
        "zypper in a && rm -rf /var/cache/*",
        "rpm -qa",
        "--mount=type=cache,target=/var/lib/apt apt-get update",
        "echo apt-get update",
    ],
)
def test_sees_that_a_step_cleans_up(step: str) -> None:
    assert leaves_cache(read(f"RUN {step}")) == set()


@pytest.mark.parametrize(
    ("step", "cleans"),
    [
        ("apt-get update", ["apt-get", "/var/lib/apt/lists"]),
        ("apk add curl", ["apk add --no-cache"]),
        ("yum install -y curl", ["dnf install", "dnf clean all"]),
        ("zypper in curl", ["zypper", "zypper clean"]),
        ("apt-get update && apk add curl", ["apt-get", "apk add --no-cache"]),
    ],
)
def test_writes_the_clean_step_of_the_package_manager_that_was_used(step: str, cleans: list[str]) -> None:
    fix = CATALOGUE["image-package-cache-left"].fix(an_image(**built(f"/bin/sh -c {step}", "/bin/sh -c true")))
    assert isinstance(fix, BuildFix)
    assert all(any(words in line for line in fix.lines) for words in cleans)
    assert leaves_cache(read("\n".join(fix.lines))) == set()
    assert sum(line.startswith("RUN ") for line in fix.lines) == len(leaves_cache(read(step)))


def test_has_no_clean_step_for_an_image_that_left_nothing() -> None:
    assert CATALOGUE["image-package-cache-left"].fix(an_image()) is None


@pytest.mark.parametrize(
    ("line", "instruction", "text", "buildkit"),
    [
        ("/bin/sh -c #(nop)  USER 0:0", "USER", "0:0", False),
        ("/bin/sh -e -c #(nop) COPY file:0a in /b ", "COPY", "file:0a in /b", False),
        ("|2 MODE=a b TOKEN=••• /bin/sh -e -c echo hi", "RUN", "echo hi", False),
        ("|1 MODE=a echo x", "RUN", "echo x", False),
        ("RUN |1 A=b /bin/bash -o pipefail -euc make # buildkit", "RUN", "make", True),
        ("RUN /bin/sh -c set -e\nmake\n # buildkit", "RUN", "set -e\nmake", True),
        ("RUN make", "RUN", "make", False),
        ("RUN --mount=type=cache,target=/c --network=none make", "RUN", "make", False),
        ("WORKDIR /srv", "WORKDIR", "/srv", False),
        ("USERADD x", "RUN", "USERADD x", False),
        ("# debian.sh --arch 'amd64' out/ 'trixie'", "RUN", "# debian.sh --arch 'amd64' out/ 'trixie'", False),
    ],
)
def test_takes_a_line_of_either_builder_apart(line: str, instruction: str, text: str, buildkit: bool) -> None:
    step = read(line)
    assert (step.instruction, step.text, step.buildkit) == (instruction, text, buildkit)


@pytest.mark.parametrize(
    "instruction",
    [
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER"),
        *("ONBUILD", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
    ],
)
def test_knows_the_instructions_that_run_nothing(instruction: str) -> None:
    assert read(f"/bin/sh -c #(nop)  {instruction} sudo x").instruction == instruction
    assert read(f"{instruction} sudo x").commands == ()


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ("a 'b; c' \"d && e\" && f", ["a", "f"]),
        ("/usr/bin/a; (b | c)", ["a", "b", "c"]),
        ("if ! a; then X=1 b -y; else exec c; fi", ["a", "b", "c", "fi"]),
        ("a 2>&1 | b &> /dev/null", ["a", "b"]),
        ("a \\\n -y\n# no\nb", ["a", "b"]),
        ("X=1", [""]),
        ("env -i a; time -p b; while c; do d; done", ["a", "b", "c", "d", "done"]),
        ("{ a; }; until b; command -p c; if x; elif d; else e; fi", ["a", "}", "b", "c", "x", "d", "e", "fi"]),
        ("sudo a | b", ["a", "b"]),
        ("'a b'c \"d\" && e\\ f", ["a bc", "e\\ f"]),
    ],
)
def test_finds_the_commands_of_a_step(text: str, programs: list[str]) -> None:
    assert [command.program for command in read(f"RUN {text}").commands] == programs


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "'",
        '"\\',
        "|1 A=",
        " /a",
        "sh -c ",
        "git config ",
        "| sh ",
        "chmod w",
        "w",
        "$(curl ",
        "--a ",
        "curl -k",
        "=a=",
    ],
)
def test_a_step_made_to_be_slow_is_not(piece: str) -> None:
    began = time.process_time()
    for start in ("RUN chmod ", "|2 A=b ", "/bin/sh ", "COPY --chmod=o+", "ADD "):
        step = read((start + piece * 16_384)[:16_384])
        for look in (runs_download, verification_off, uses_sudo, opens_to_everybody, leaves_cache):
            look(step)

    assert time.process_time() - began < 2
