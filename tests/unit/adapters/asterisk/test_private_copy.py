"""Which mirror the private copy comes from, and what is said when there is none."""

from pathlib import Path

import pytest

from ivr.adapters.asterisk import private_copy
from ivr.domain.errors import ConfigurationError


def test_the_machines_own_mirrors_in_their_order() -> None:
    listed = (
        "http://mirror.example/debian/|Debian\n"
        "http://mirror.example/debian/|Debian\n"
        "http://mirror.example/debian-security/|Debian\n"
        "http://tools.example/apt|Some tool\n"
        "http://second.example/debian|\n"
        "E: noise\n"
    )
    assert private_copy.mirrors(listed, None) == ["http://mirror.example/debian/", "http://second.example/debian"]


def test_a_named_mirror_is_the_only_one() -> None:
    assert private_copy.mirrors("http://mirror.example/debian/|Debian\n", "http://named.example/d") == [
        "http://named.example/d"
    ]


def test_an_incomplete_copy_is_not_taken_for_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no Asterisk in"):
        private_copy.make(tmp_path)


def test_a_mirror_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(private_copy.MIRROR_VARIABLE, f"file:{tmp_path}/nothing")
    said: list[str] = []
    with pytest.raises(ConfigurationError, match="IVR_DEBIAN_MIRROR") as caught:
        private_copy.make(tmp_path / "copy", said.append)
    assert any("apt: E" in mistake for mistake in caught.value.mistakes)
    assert list(tmp_path.iterdir()) == []


def test_a_system_without_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"asterisk\.binary"):
        private_copy.make(tmp_path / "copy")


FAKE_APT = """#!/bin/sh
echo "$*" >> "$(dirname "$0")/asked"
case "$*" in
*indextargets*) echo "http://mirror.example/debian/|Debian" ;;
*Check-Valid-Until=false*update*) exit 0 ;;
*update*) echo "E: Release file for http://mirror.example/dists/x/InRelease is {complaint}"; exit 100 ;;
*) echo "E: the download is beyond this test"; exit 100 ;;
esac
"""


def run_on_a_fake_apt(folder: Path, monkeypatch: pytest.MonkeyPatch, complaint: str) -> tuple[list[str], list[str]]:
    """What was said, and what apt was asked, when its first update complains."""
    for name, text in (("apt-get", FAKE_APT.replace("{complaint}", complaint)), ("dpkg-deb", "#!/bin/sh\n")):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    said: list[str] = []
    with pytest.raises(ConfigurationError):
        private_copy.make(folder / "copy", said.append)
    return said, (folder / "asked").read_text().splitlines()


def test_an_expired_list_is_taken_with_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, asked = run_on_a_fake_apt(tmp_path, monkeypatch, "expired (invalid since 3d 4h).")
    assert any("WARNING" in line and "Valid-Until" in line for line in said)
    updates = [line for line in asked if line.endswith(" update")]
    assert ["Check-Valid-Until=false" in line for line in updates] == [False, True]
    assert asked[-1].endswith("--print-uris")


def test_any_other_complaint_keeps_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, asked = run_on_a_fake_apt(tmp_path, monkeypatch, "not signed.")
    assert not any("WARNING" in line for line in said)
    assert not any("Check-Valid-Until" in line for line in asked)
