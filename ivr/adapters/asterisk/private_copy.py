"""Make the private Asterisk: Debian's packages, downloaded and verified by apt, unpacked into a folder of their own.

Nothing is installed and no right is needed: apt works on a state of its own, dpkg-deb only unpacks. The standard
library is enough here, because it runs before the virtual environment is there:

    python3 -m ivr.adapters.asterisk.private_copy FOLDER
"""

import getpass
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ivr.adapters.asterisk.layout import private_copy
from ivr.domain.errors import ConfigurationError

SUITE = "forky"
PACKAGES = ("asterisk", "asterisk-core-sounds-ru-wav")
MIRROR_VARIABLE = "IVR_DEBIAN_MIRROR"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_SOUNDS = Path("usr/share/asterisk/sounds")
_UNUSED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/doc-base", "usr/share/lintian")
_EXPIRED = re.compile(r"Release file for \S+ is expired")
_DEADLINE_S = 1800.0

Say = Callable[[str], None]


def make(root: Path, say: Say = print) -> None:
    """Make the copy in `root`; nothing is done when it is there. It appears whole or not at all.

    Raises ConfigurationError with what apt said and what to do.
    """
    if root.exists():
        private_copy(root)
        return
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise ConfigurationError(
            ["This system has no apt: install Asterisk 22 or newer and name it in config.yaml under asterisk.binary"]
        )
    root.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{root.name}-", dir=root.parent) as work:
        draft = Path(work) / "copy"
        _unpack(_download(Path(work) / "apt", say), draft, say)
        private_copy(draft)
        draft.replace(root)


def mirrors(targets: str, named: str | None) -> list[str]:
    """Mirrors to try: the one `named`, else those of the machine's own apt (`apt-get indextargets`: URI|origin)."""
    if named:
        return [named]
    found = [line.split("|") for line in targets.splitlines() if "|" in line]
    own = [uri for uri, origin in found if origin in ("Debian", "") and not uri.rstrip("/").endswith("-security")]
    return list(dict.fromkeys(own))


def mirrors_here() -> list[str]:
    """Mirrors to try on this machine. Raises ConfigurationError when there are none."""
    listed = _apt(["indextargets", "--format", "$(REPO_URI)|$(ORIGIN)", "Created-By: Packages"], [])
    candidates = mirrors(listed.stdout, os.environ.get(MIRROR_VARIABLE))
    if not candidates:
        raise ConfigurationError([f"apt on this system knows no Debian mirror: name one in {MIRROR_VARIABLE}"])
    return candidates


def _download(folder: Path, say: Say) -> list[Path]:
    mistakes: list[str] = []
    for mirror in mirrors_here():
        try:
            return _download_from(mirror, folder, say)
        except ConfigurationError as error:
            mistakes += error.mistakes
    raise ConfigurationError([*mistakes, f"Another mirror can be named in {MIRROR_VARIABLE}"])


def _download_from(mirror: str, folder: Path, say: Say) -> list[Path]:
    options = _private_state(mirror, folder)
    say(f"Asterisk: reading the package list of Debian {SUITE}")
    updated = _apt(["update"], options)
    if updated.returncode != 0 and _EXPIRED.search(updated.stdout):
        say(
            "Asterisk: WARNING: the mirror's list is past its Valid-Until (an old snapshot?); "
            "going on without that check"
        )
        options += ["-o", "Acquire::Check-Valid-Until=false"]
        updated = _apt(["update"], options)
    _require(updated)
    wanted = ["install", "--yes", "--no-install-recommends", "--download-only", *PACKAGES]
    planned = _require(_apt([*wanted, "--print-uris"], options))
    count = sum(line.startswith("'") for line in planned.stdout.splitlines())
    size = re.search(r"Need to get ([^\n]*?) of archives", planned.stdout)
    say(f"Asterisk: downloading {count} packages" + (f", {size[1]}" if size else ""))
    _require(_apt(wanted, options))
    return sorted((folder / "cache/archives").glob("*.deb"))


def _private_state(mirror: str, folder: Path) -> list[str]:
    """Options that make apt work on `folder` alone; proxies and the like stay the machine's own."""
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    signed = f"[signed-by={_KEYRING}] " if _KEYRING.is_file() else ""
    (folder / "sources.list").write_text(f"deb {signed}{mirror} {SUITE} main\n", encoding="utf-8")
    options = {
        "Dir::State": folder / "state",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferences": "-",
        "Dir::Etc::preferencesparts": "-",
        "APT::Sandbox::User": getpass.getuser() if os.getuid() else "root",
        "APT::Keep-Downloaded-Packages": "true",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    return [word for key, value in options.items() for word in ("-o", f"{key}={value}")]


def _apt(words: Sequence[str], options: Iterable[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["apt-get", "-q", *options, *words],
        env=os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_DEADLINE_S,
        check=False,
    )


def _require(done: "subprocess.CompletedProcess[str]") -> "subprocess.CompletedProcess[str]":
    if done.returncode != 0:
        complaints = [line for line in done.stdout.splitlines() if line.startswith(("E:", "Err:"))]
        said = complaints or done.stdout.splitlines()[-5:]
        raise ConfigurationError(["Asterisk cannot be downloaded:", *(f"    apt: {line}" for line in said)])
    return done


def _unpack(packages: Sequence[Path], draft: Path, say: Say) -> None:
    say(f"Asterisk: unpacking {len(packages)} packages")
    draft.mkdir(mode=0o755)
    for package in packages:
        done = subprocess.run(["dpkg-deb", "--extract", package, draft], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ConfigurationError([f"Asterisk cannot be unpacked: {done.stderr.strip()}"])
    draft.chmod(0o755)
    for name in _UNUSED:
        shutil.rmtree(draft / name, ignore_errors=True)
    # Packages are unpacked, not configured: Debian's own link of the language is not there.
    sounds = draft / _SOUNDS
    voices = sorted(path.name for path in sounds.glob("ru_*") if path.is_dir())
    if not voices:
        raise ConfigurationError(["The Asterisk packages brought no Russian sounds"])
    (sounds / "ru").symlink_to(voices[0])


def main(arguments: Sequence[str]) -> int:
    try:
        make(Path(arguments[0]).absolute())
    except ConfigurationError as error:
        print("\n".join(error.mistakes), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
