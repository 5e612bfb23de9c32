from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.asterisk.embedded.sources import (
    AptSource,
    debian_mirror,
    parse_deb822,
    parse_one_line,
    read_sources,
)

ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb http://mirror.example/debian bookworm main contrib # the nearest
deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] https://other.example/x stable main
deb-src http://mirror.example/debian bookworm main
deb cdrom:[Debian 12]/ bookworm main
deb http://short.example
"""

DEB822 = """\
Types: deb deb-src
# between fields
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
 contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
Components: main

types: deb
uris: http://inline.example/debian
suites: sid
components: main
signed-by:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
"""


def test_one_line_format() -> None:
    found = parse_one_line(ONE_LINE)
    assert found[0] == AptSource(
        uri="http://mirror.example/debian", suite="bookworm", components=("main", "contrib")
    )
    assert found[1].signed_by == "/usr/share/keyrings/a.gpg"
    assert [source.uri for source in found][:2] == ["http://mirror.example/debian", "https://other.example/x"]
    assert all("commented" not in source.uri and "short" not in source.uri for source in found)


def test_deb822_format() -> None:
    found = parse_deb822(DEB822)
    assert [(source.uri, source.suite) for source in found] == [
        ("http://mirror.example/debian", "bookworm"),
        ("http://mirror.example/debian", "bookworm-updates"),
        ("http://inline.example/debian", "sid"),
    ]
    assert found[0].components == ("main", "contrib")
    assert found[0].signed_by == "/usr/share/keyrings/debian-archive-keyring.gpg"
    assert found[2].signed_by == ""


@given(st.text(alphabet=st.sampled_from("deb [](:)#/\n\tTypes: URIs Suites=signed-by")))
def test_neither_parser_breaks(text: str) -> None:
    for source in parse_one_line(text) + parse_deb822(text):
        assert source.uri
        assert source.suite


def test_mirror_is_the_one_of_this_release() -> None:
    sources = [
        AptSource(uri="https://packages.example/apt", suite="cloud-bookworm", components=("main",)),
        AptSource(
            uri="http://mirror.example/debian-security", suite="bookworm-security", components=("main",)
        ),
        AptSource(uri="file:/media/debian", suite="bookworm", components=("main",)),
        AptSource(uri="http://mirror.example/debian", suite="bookworm", components=("main",)),
    ]
    found = debian_mirror(sources, "bookworm")
    assert found is not None
    assert found.uri == "http://mirror.example/debian"
    assert debian_mirror(sources[:3], "bookworm") is None


def test_reads_both_kinds_of_file(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text("deb http://first.example/debian trixie main\n")
    (tmp_path / "sources.list.d/debian.sources").write_text(DEB822)
    (tmp_path / "sources.list.d/old.list.save").write_text("deb http://saved.example/debian trixie main\n")
    found = [source.uri for source in read_sources(tmp_path)]
    assert found[0] == "http://first.example/debian"
    assert "http://mirror.example/debian" in found
    assert "http://saved.example/debian" not in found
    assert read_sources(tmp_path / "nowhere") == []
