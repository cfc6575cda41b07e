"""Where an Asterisk is found, and where it keeps what it writes."""

from pathlib import Path

import pytest

from ivr.adapters.asterisk.layout import SOCKET_LIMIT, Installation, Layout, installed, private_copy
from ivr.domain.errors import ConfigurationError


def test_the_private_copy_runs_by_its_own_loader(tmp_path: Path) -> None:
    library = tmp_path / "usr/lib/x86_64-linux-gnu"
    (library / "asterisk/modules").mkdir(parents=True)
    (tmp_path / "usr/sbin").mkdir()
    (tmp_path / "usr/sbin/asterisk").touch()
    (library / "ld-linux-x86-64.so.2").touch()
    found = private_copy(tmp_path)
    loader = str(library / "ld-linux-x86-64.so.2")
    assert found.command == (loader, "--library-path", str(library), str(tmp_path / "usr/sbin/asterisk"))
    assert (found.modules, found.data) == (library / "asterisk/modules", tmp_path / "usr/share/asterisk")


def test_no_private_copy_is_told_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"asterisk.private_root: .*scripts/run.sh"):
        private_copy(tmp_path)


def test_an_installed_one_is_found_beside_its_binary(tmp_path: Path) -> None:
    for folder in ("sbin", "lib64/asterisk/modules", "share/asterisk/sounds"):
        (tmp_path / folder).mkdir(parents=True)
    binary = tmp_path / "sbin/asterisk"
    binary.touch()
    modules, data = tmp_path / "lib64/asterisk/modules", tmp_path / "share/asterisk"
    assert installed(binary) == Installation((str(binary),), modules, data)


def test_an_installed_one_without_modules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such file"):
        installed(tmp_path / "sbin/asterisk")
    (tmp_path / "sbin").mkdir()
    (tmp_path / "sbin/asterisk").touch()
    (tmp_path / "share/asterisk/sounds").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="no folder of modules"):
        installed(tmp_path / "sbin/asterisk")


def test_a_deep_folder_gets_a_relative_socket(tmp_path: Path) -> None:
    installation = Installation((), tmp_path, tmp_path)
    room = SOCKET_LIMIT - len("/run/asterisk.ctl")
    assert Layout(installation, Path("/" + "a" * (room - 1))).run == "/" + "a" * (room - 1) + "/run"
    assert Layout(installation, Path("/" + "a" * room)).run == "run"
    assert Layout(installation, Path("/" + "ы" * (room // 2))).run == "run"


def test_the_folders_are_closed_to_others(tmp_path: Path) -> None:
    layout = Layout(Installation((), tmp_path, tmp_path), tmp_path / "deep/state")
    layout.make_folders()
    assert all(folder.is_dir() and folder.stat().st_mode & 0o007 == 0 for folder in layout.folders)
    assert layout.conf.is_dir() and layout.log.is_dir()
