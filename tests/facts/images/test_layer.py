"""What is noted of a layer, and what a stack of layers shows."""

from __future__ import annotations

import pytest

from secdash.facts.images import layer as module
from secdash.facts.images.capabilities import NAMES, capability_names
from secdash.facts.images.inventory import LONGEST_PATH, MOST_LISTED, inventory, shown
from secdash.facts.model import CapableFile, Distribution, ImageFiles, SecretFile, SetuidFile, Unknown
from tests.engine.archives import KEY, a_capability, a_file, a_folder, a_layer, a_link

TOOL = a_file("usr/bin/tool", b"x", mode=0o4755)
GIT = (a_folder("app/.git"), a_file("app/.git/config", b"x"))


def seen(*layers: tuple) -> ImageFiles:
    return inventory([a_layer(*members) for members in layers])


def setuid_paths(*layers: tuple) -> list[str]:
    return [file.path for file in seen(*layers).setuid]


def test_notes_files_that_run_with_others_rights() -> None:
    found = seen(
        (
            a_file("bin/both", mode=0o6711, uid=7),
            a_file("bin/plain", mode=0o1777),
            a_folder("var/mail", mode=0o2775),
            a_link("bin/second", "bin/both", hard=True, mode=0o6711, uid=7),
            a_link("bin/soft", "both", mode=0o4777),
        )
    )
    assert found.setuid == (SetuidFile("/bin/both", 0o6711, 7), SetuidFile("/bin/second", 0o6711, 7))


def test_notes_capabilities_by_name() -> None:
    found = seen((a_file("bin/ping", pax_headers=a_capability(13, 10)), a_file("bin/x", pax_headers=a_capability(39))))
    assert found.capable == (
        CapableFile("/bin/ping", ("NET_BIND_SERVICE", "NET_RAW")),
        CapableFile("/bin/x", ("BPF",)),
    )


@pytest.mark.parametrize("revision", [1, 2, 3])
def test_knows_every_revision(revision: int) -> None:
    raw = a_capability(0, 21, revision=revision)["SCHILY.xattr.security.capability"].encode("utf-8", "surrogateescape")
    assert capability_names(raw) == ("CHOWN", "SYS_ADMIN")
    assert capability_names(raw[:-1]) == ()
    assert capability_names(raw + b"\0") == ()


def test_knows_the_numbers_of_the_kernel() -> None:
    assert len(NAMES) == 41
    assert [NAMES.index(name) for name in ("CHOWN", "SETPCAP", "SYS_MODULE", "SYS_RESOURCE", "MAC_OVERRIDE")] == [
        *(0, 8, 16, 24, 32),
    ]
    assert NAMES[-1] == "CHECKPOINT_RESTORE"
    unnamed = a_capability(41)["SCHILY.xattr.security.capability"].encode("utf-8", "surrogateescape")
    assert capability_names(unnamed) == ("CAP_41",)
    assert capability_names(b"") == capability_names(b"\0\0\0\4" + bytes(16)) == ()


# --- layers upon layers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "above",
    [
        (a_file("usr/bin/tool", b"x", mode=0o755),),
        (a_file("usr/bin/.wh.tool"),),
        (a_file("usr/.wh.bin"),),
        (a_file(".wh.usr"),),
        (a_file("usr/bin/.wh..wh..opq"),),
        (a_file(".wh..wh..opq"),),
        (a_folder("usr/bin/tool"),),
        (a_link("usr/bin", "../bin"),),
        (a_file("usr", b"a file now"),),
    ],
    ids=["replaced", "removed", "folder removed", "root removed", "emptied", "all emptied", "folder", "link", "file"],
)
def test_a_layer_above_hides(above: tuple) -> None:
    assert setuid_paths((TOOL,)) == ["/usr/bin/tool"]
    assert setuid_paths((TOOL,), above) == []
    assert setuid_paths(above, (TOOL,)) == ["/usr/bin/tool"]
    assert setuid_paths((TOOL,), above, (a_file("other"),)) == []


@pytest.mark.parametrize(
    "above",
    [
        (a_folder("usr"), a_folder("usr/bin", mode=0o700)),
        (a_file("usr/bin/.wh.tool2"),),
        (a_file("usr/bin/.wh..wh.plnk"),),
        (a_file("usr/bin/tool2", b"x"), a_file("bin/tool", b"x")),
        (a_file("usr/lib/.wh..wh..opq"),),
        (a_file("../usr/bin/tool", b"climbs"),),
    ],
    ids=["folders again", "other removed", "of aufs", "others", "other emptied", "climbing"],
)
def test_a_layer_above_leaves_alone_what_it_does_not_name(above: tuple) -> None:
    assert setuid_paths((TOOL,), above) == ["/usr/bin/tool"]


def test_whiteouts_do_not_concern_their_own_layer() -> None:
    assert setuid_paths((a_file("usr/bin/.wh.tool"), TOOL)) == ["/usr/bin/tool"]


def test_the_upper_of_two_counts() -> None:
    above = a_file("usr/bin/tool", b"x", mode=0o2711, uid=5)
    assert seen((TOOL,), (above,)).setuid == (SetuidFile("/usr/bin/tool", 0o2711, 5),)


def test_a_left_over_folder_goes_with_its_whiteout_and_stays_when_more_is_put_into_it() -> None:
    assert seen(GIT).left_overs == ("/app/.git",)
    assert seen(GIT, (a_file("app/.wh..git"),)).left_overs == ()
    assert seen(GIT, (a_folder("app/.git"), a_file("app/.git/index"))).left_overs == ("/app/.git",)


# --- accounts -----------------------------------------------------------------------------------------------------

PASSWD = b"root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nopen::1000:1000::/:/bin/sh\n+::::::\n\nbroken\n"


def test_reads_accounts_of_the_topmost_files() -> None:
    found = seen(
        (a_file("etc/passwd", b"root::0:0::/:/bin/sh\n"), a_file("etc/shadow", b"root::1:::::\n")),
        (
            a_file("etc/passwd", PASSWD),
            a_file("etc/shadow", b"root:*:1::::::\nguest::1::::::\nlocked:!:1::::::\n"),
            a_file("etc/group", b"tty:x:5:\nwww:x:5:\nroot:x:0:\n"),
        ),
    )
    assert found.without_password == ("guest", "open")
    assert found.shared_uids == ((0, ("root", "toor")),)
    assert found.shared_gids == ((5, ("tty", "www")),)


def test_an_account_listed_twice_shares_with_nobody() -> None:
    assert seen((a_file("etc/group", b"tty:x:5:\ntty:x:5:\n"),)).shared_gids == ()


def test_account_files_of_absurd_length_tell_nothing() -> None:
    most = module.MOST_ACCOUNT_BYTES
    long = seen((a_file("etc/passwd", b"#" * (most + 1)), a_file("etc/group", b"#" * most)))
    assert isinstance(long.without_password, Unknown)
    assert isinstance(long.shared_uids, Unknown)
    assert long.shared_gids == ()
    assert isinstance(seen((a_file("etc/shadow", b"#" * (most + 1)),)).without_password, Unknown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\nID_LIKE=x\n',
            Distribution("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
        ),
        (b"ID='Alpine'\nVERSION_ID=3.22.1\n", Distribution("alpine", "3.22.1", "alpine")),
        (b"NAME=Own\n", Distribution("linux", "", "linux")),
        (b"ID=" + b"x" * 999 + b"\n", Distribution("x" * 120, "", "x" * 120)),
    ],
)
def test_reads_os_release(text: bytes, expected: Distribution) -> None:
    assert seen((a_file("etc/os-release", text),)).distribution == expected


def test_the_administrators_os_release_comes_before_the_packages() -> None:
    shipped, own = a_file("usr/lib/os-release", b"ID=debian\n"), a_file("etc/os-release", b"ID=own\n")
    assert seen((shipped, a_link("etc/os-release", "../usr/lib/os-release"))).distribution == Distribution(
        *("debian", "", "debian"),
    )
    assert seen((own, shipped)).distribution == Distribution("own", "", "own")
    assert seen((a_file("srv/os-release", b"ID=x\n"),)).distribution is None


def test_knows_shells_and_package_managers_where_programs_are() -> None:
    found = seen(
        (
            *(a_file("bin/busybox", b"x"), a_link("bin/sh", "busybox"), a_link("usr/local/bin/fish", "/x", hard=True)),
            *(a_file("usr/bin/apt-get"), a_file("sbin/apk"), a_file("usr/share/doc/apt"), a_file("app/sh")),
            a_folder("bin/bash"),
        )
    )
    assert found.shells == ("/bin/busybox", "/bin/sh", "/usr/local/bin/fish")
    assert found.package_managers == ("/sbin/apk", "/usr/bin/apt-get")


def test_busybox_is_no_package_manager_whatever_it_is_called() -> None:
    links = (a_link("bin/dpkg", "/bin/busybox"), a_link("bin/rpm", "bin/[", hard=True), a_link("bin/yum", "toybox"))
    assert seen((*links, a_link("usr/bin/dnf", "dnf-3"))).package_managers == ("/usr/bin/dnf",)


# --- bounds -------------------------------------------------------------------------------------------------------


def test_lists_are_cut_and_say_so() -> None:
    whole = seen(tuple(a_file(f"bin/{number:04}", mode=0o4755) for number in range(MOST_LISTED)))
    more = seen(tuple(a_file(f"bin/{number:04}", mode=0o4755) for number in range(MOST_LISTED + 1)))
    assert (len(whole.setuid), whole.cut) == (MOST_LISTED, ())
    assert (len(more.setuid), more.cut) == (MOST_LISTED, ("setuid",))


def test_a_layer_keeps_no_more_notes_than_it_may() -> None:
    layer = a_layer(*(a_file(f"{number}/.vimrc") for number in range(module.MOST_NOTES + 5)))
    assert len(layer.notes) == module.MOST_NOTES
    assert layer.cut == {"left_overs"}
    removed = inventory([layer, a_layer(a_file(".wh..wh..opq"))])
    assert (removed.left_overs, removed.cut) == ((), ("left_overs",))


def test_paths_are_kept_as_any_page_can_take_them() -> None:
    assert shown("a\nb\0c") == "/a\ufffdb\ufffdc"
    assert len(shown("x" * 5000)) == LONGEST_PATH
    assert shown("x" * (LONGEST_PATH - 1)) == "/" + "x" * (LONGEST_PATH - 1)
    assert "AKIA" not in shown("backup/AKIAIOSFODNN7EXAMPLE/x")


# --- secrets ------------------------------------------------------------------------------------------------------


def test_a_second_name_of_a_secret_is_one_too() -> None:
    found = seen(
        (a_file("srv/key", KEY), a_link("app/other", "./srv/key", hard=True), a_link("app/soft", "../srv/key"))
    )
    assert found.secrets == (SecretFile("/app/other", "a private key"), SecretFile("/srv/key", "a private key"))


def test_links_in_a_circle_are_no_harm() -> None:
    found = seen((a_link("a", "b", hard=True), a_link("b", "a", hard=True), a_link("c", "c", hard=True)))
    assert found.secrets == ()


def test_nothing_of_a_content_is_kept() -> None:
    layer = a_layer(
        a_file("root/.npmrc", b"//r/:_authToken=MARKER-token\n"),
        a_file("etc/shadow", b"root:$y$MARKERMARKER:1::::::\nx::1::::::\n$6$MARKER::1::::::\n"),
        a_file("srv/id_rsa", KEY),
    )
    assert "MARKER" not in repr(layer.notes)
    assert "MIIE" not in repr(layer.notes)
    assert len(layer.notes) == 3
