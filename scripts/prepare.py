"""Prepare a bare machine, then become the product: prepare.py run|test ARGUMENTS…

Makes what is missing and nothing twice: system packages, .venv from its lock, the private Asterisk, the secrets. Then
executes the virtual environment's Python with ARGUMENTS, as an unprivileged user when started by root. Needs the
standard library only. A second start touches no network.
"""

import ctypes.util
import hashlib
import importlib.util
import os
import pwd
import resource
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ivr.adapters.asterisk import private_copy  # noqa: E402
from ivr.domain.errors import ConfigurationError  # noqa: E402

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = ROOT / "var"
RECORDINGS = ROOT / "recordings"
SERVICE_USER = "ivr"
OPEN_FILES = 65536
SECRETS = ("IVR_AMI_SECRET", "IVR_OPERATOR_SECRET")


class Stop(Exception):
    """What prevents the start, in words for the one who started it."""


def say(line: str) -> None:
    print(line, flush=True)


# ── System packages ──


def lacking(edition: str) -> list[str]:
    """Debian packages that are missing here."""
    wanted: dict[str, object] = {
        "python3-venv": importlib.util.find_spec("ensurepip") is not None or PYTHON.exists(),
        "ffmpeg": shutil.which("ffmpeg"),
        "espeak-ng": shutil.which("espeak-ng"),
        "libespeak-ng1": ctypes.util.find_library("espeak-ng"),
    }
    if edition == "test":
        wanted |= {
            "sip-tester": shutil.which("sipp"),
            "strace": shutil.which("strace"),
            "redis-server": shutil.which("redis-server"),
            "chromium": shutil.which("chromium"),
            "postgresql": list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb"),
        }
    return [package for package, found in wanted.items() if not found]


def install_packages(edition: str) -> None:
    packages = lacking(edition)
    if not packages:
        return
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise Stop(f"Missing on this system, by their Debian names: {names}. Install them and start again.")
    if os.geteuid() != 0:
        raise Stop(
            f"Missing on this system: {names}. Ask for them, then start again:\n"
            f"    sudo apt-get install --no-install-recommends {names}"
        )
    say(f"Installing system packages: {names}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    quietly(["apt-get", "-q", "update"], environment)
    quietly(["apt-get", "-q", "install", "--yes", "--no-install-recommends", *packages], environment)


def quietly(command: Sequence[str], environment: dict[str, str] | None = None) -> None:
    """Run it; its output is shown only when it fails."""
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        raise Stop(f"{done.stdout[-3000:]}\nfailed: {' '.join(command)}")


# ── The virtual environment ──


def make_environment(edition: str) -> None:
    """.venv as the lock says. Its stamp is written last, so that an interrupted installation is taken up again."""
    lock = ROOT / "requirements" / ("dev.lock" if edition == "test" else "run.lock")
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = VENV / f"{lock.stem}.sha256"
    if stamp.is_file() and stamp.read_text() == digest and works(PYTHON):
        return
    if not works(PYTHON):
        say("Making the virtual environment .venv")
        quietly([sys.executable, "-m", "venv", "--clear", str(VENV)])
    install_locked(lock)
    for old in VENV.glob("*.sha256"):
        old.unlink()
    # dev.lock holds the whole of run.lock, version by version.
    covered = [lock] if edition == "run" else [lock, lock.with_name("run.lock")]
    for done in covered:
        (VENV / f"{done.stem}.sha256").write_text(hashlib.sha256(done.read_bytes()).hexdigest())


def works(python: Path) -> bool:
    try:
        return subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0
    except OSError:
        return False


def install_locked(lock: Path) -> None:
    total = sum("==" in line and not line.lstrip().startswith("#") for line in lock.read_text().splitlines())
    say(f"Installing {total} Python packages from requirements/{lock.name}")
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--disable-pip-version-check",
        "--no-input",
    ]
    command += [
        "--progress-bar",
        "off",
        "--no-compile",
        "--no-warn-script-location",
        "--root-user-action=ignore",
        "-r",
        lock,
    ]
    said: list[str] = []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            said.append(line)
            done = sum(entry.startswith(("Collecting", "Requirement already")) for entry in said)
            if sys.stdout.isatty():
                print(f"\r    {min(done, total)}/{total}", end="", flush=True)
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)
    if pip.returncode != 0:
        raise Stop(
            "".join(said[-15:]) + "The Python packages could not be installed; start again when the cause is gone."
        )


# ── Asterisk ──


def make_asterisk() -> None:
    if (VAR / "asterisk").is_dir():
        private_copy.make(VAR / "asterisk", say)
        return
    # Only now is the configuration worth its half second: it may name an installed Asterisk.
    code = "from pathlib import Path; from ivr.config import load; c = load(Path('config.yaml')); "
    code += "print(c.asterisk.binary); print(c.path(c.asterisk.private_root))"
    done = subprocess.run([PYTHON, "-B", "-c", code], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise Stop(done.stderr.strip().rpartition("ConfigurationError: ")[2])
    binary, root = done.stdout.splitlines()
    if binary == "private":
        private_copy.make(Path(root), say)


# ── Who runs it ──


def service_user() -> pwd.struct_passwd:
    """The unprivileged user that root's start becomes; made when it is missing."""
    for name in (SERVICE_USER, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            pass
        if name == SERVICE_USER and shutil.which("useradd"):
            command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
            done = subprocess.run([*command, "--shell", "/usr/sbin/nologin", name], capture_output=True)
            if done.returncode == 0:
                say(f"Made the system user {name}")
                return pwd.getpwnam(name)
    raise Stop("There is neither a user ivr nor nobody; make one: useradd --system ivr")


def become(user: pwd.struct_passwd) -> list[str]:
    """The words that run a command as `user`. Where it cannot reach this folder it may read past closed ones."""
    plain = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--no-new-privs"]
    # The last word makes access(2) honour that right too: without it os.access() and the like say no.
    past = [*plain, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    past.append("--securebits=+no_setuid_fixup")
    probe = [str(PYTHON), "-B", "-c", "import os, pydantic, ivr.config; os.access('config.yaml', os.R_OK) or exit(1)"]
    for words in (plain, past):
        if subprocess.run([*words, *probe], cwd=ROOT, capture_output=True).returncode == 0:
            if words is past:
                say(f"User {user.pw_name} cannot reach this folder: it gets the right to read past closed ones")
            return words
    raise Stop(
        f"User {user.pw_name} cannot read {ROOT}, not even past closed folders; move the clone, to /opt for example"
    )


def give(folder: Path, user: pwd.struct_passwd) -> None:
    """Make all below `folder` the user's own; the private Asterisk stays root's, so that nobody can change it."""
    for path, folders, files in os.walk(folder):
        if Path(path) == VAR and "asterisk" in folders:
            folders.remove("asterisk")
        for place in [path, *(os.path.join(path, name) for name in (*folders, *files))]:  # noqa: PTH118
            if os.lstat(place).st_uid != user.pw_uid:
                os.chown(place, user.pw_uid, user.pw_gid, follow_symlinks=False)


def make_secrets() -> None:
    """var/secrets.env, readable by its owner only. What is there is never changed."""
    path = VAR / "secrets.env"
    present = path.read_text() if path.exists() else ""
    new = [f"{name}={secrets.token_urlsafe(32)}\n" for name in SECRETS if f"{name}=" not in present]
    if new:
        path.touch(mode=0o600)
        with path.open("a") as file:
            file.writelines(new)


def make_own_folders() -> None:
    try:
        for folder in (VAR, VAR / "home", VAR / "tmp", VAR / "cache", RECORDINGS):
            folder.mkdir(mode=0o750, exist_ok=True)
        make_secrets()
    except PermissionError as error:
        raise Stop(
            f"{error.filename} belongs to another user. Start as that user (or as root), or give it to you:\n"
            f"    sudo chown -R {os.getuid()} {VAR} {RECORDINGS}"
        ) from None


def launch(edition: str, arguments: Sequence[str]) -> None:
    """Become the product. It writes under var/ and recordings/ only."""
    words: list[str] = []
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(VAR / "cache" / "pycache")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a second start lives on what the first has compiled
    if edition == "test":
        environment["TMPDIR"] = str(VAR / "tmp")
    if os.geteuid() == 0:
        user = service_user()
        give(VAR, user)
        if RECORDINGS.stat().st_uid != user.pw_uid:
            give(RECORDINGS, user)
        words = become(user)
        environment |= {"HOME": str(VAR / "home"), "USER": user.pw_name, "LOGNAME": user.pw_name}
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    command = [*words, str(PYTHON), *arguments]
    os.execvpe(command[0], command, environment)


def main(arguments: Sequence[str]) -> int:
    edition, *rest = arguments
    os.chdir(ROOT)
    os.umask(0o022)
    try:
        make_own_folders()
        install_packages(edition)
        make_environment(edition)
        make_asterisk()
        launch(edition, rest)
    except Stop as error:
        print(error, file=sys.stderr)
    except ConfigurationError as error:
        print("\n".join(error.mistakes), file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted; start again to go on.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
