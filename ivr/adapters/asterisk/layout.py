"""Where one Asterisk lies: the programme it runs from, and the folder that holds all it writes."""

from dataclasses import dataclass
from pathlib import Path

from ivr.domain.errors import ConfigurationError

SOCKET_LIMIT = 107
"""Bytes of a Unix socket's path (sockaddr_un, less the closing zero)."""
_CONTROL_SOCKET = "asterisk.ctl"


@dataclass(frozen=True, slots=True)
class Installation:
    """An Asterisk that can be run: the words before its options, its modules, its data (sounds, documentation)."""

    command: tuple[str, ...]
    modules: Path
    data: Path


def private_copy(root: Path) -> Installation:
    """The private copy under `root`, run by its own loader. Raises ConfigurationError naming what is missing."""
    binary = root / "usr/sbin/asterisk"
    loaders = sorted(root.glob("usr/lib/*-linux-gnu*/ld-linux*.so.*"))
    modules = sorted(root.glob("usr/lib/*-linux-gnu*/asterisk/modules"))
    if not (binary.is_file() and loaders and modules):
        raise ConfigurationError([f"asterisk.private_root: no Asterisk in {root}; scripts/run.sh makes the copy"])
    loader = loaders[0]
    command = (str(loader), "--library-path", str(loader.parent), str(binary))
    return Installation(command, modules[0], root / "usr/share/asterisk")


def installed(binary: Path) -> Installation:
    """An Asterisk installed on this machine. Raises ConfigurationError when its modules or data are not found."""
    if not binary.is_file():
        raise ConfigurationError([f"asterisk.binary: no such file: {binary}"])
    prefix = binary.resolve().parent.parent
    modules = [*prefix.glob("lib/*-linux-gnu*/asterisk/modules"), prefix / "lib64/asterisk/modules"]
    modules += [prefix / "lib/asterisk/modules"]
    data = [prefix / "share/asterisk", prefix / "var/lib/asterisk", Path("/var/lib/asterisk")]
    found_modules = next((place for place in modules if place.is_dir()), None)
    found_data = next((place for place in data if (place / "sounds").is_dir()), None)
    mistakes = []
    if found_modules is None:
        mistakes.append(
            f"asterisk.binary: no folder of modules beside {binary}: looked in {', '.join(map(str, modules))}"
        )
    if found_data is None:
        mistakes.append(f"asterisk.binary: no sounds beside {binary}: looked in {', '.join(map(str, data))}")
    if found_modules is None or found_data is None:
        raise ConfigurationError(mistakes)
    return Installation((str(binary),), found_modules, found_data)


@dataclass(frozen=True, slots=True)
class Layout:
    """One Asterisk: `state` is its own folder (absolute); nothing outside it is written, recordings excepted."""

    installation: Installation
    state: Path

    @property
    def conf(self) -> Path:
        return self.state / "conf"

    @property
    def log(self) -> Path:
        return self.state / "log"

    @property
    def run(self) -> str:
        """Folder of the control socket, as Asterisk is told: relative to `state`, where it is started, when the whole
        path would not fit into a socket's address."""
        whole = self.state / "run"
        return str(whole) if len(bytes(whole / _CONTROL_SOCKET)) <= SOCKET_LIMIT else "run"

    @property
    def folders(self) -> tuple[Path, ...]:
        names = ("conf", "run", "log", "lib", "lib/keys", "lib/agi-bin", "spool", "spool/monitor", "cache")
        return tuple(self.state / name for name in names)

    def make_folders(self) -> None:
        """Make the folders, closed to other users."""
        for folder in (self.state, *self.folders):
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
