"""Every check and test, in the prepared environment: checks.py [PYTEST ARGUMENTS…]. Used by scripts/test.sh.

Without arguments the whole suite runs, and the pure rooms must be covered to the last branch. A skipped test is a
failure: what was not run was not proved.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
REPORT = VAR / "test" / "report.xml"
PURE = ("ivr/domain", "ivr/dialogue", "ivr/protocols")


def checks() -> dict[str, list[str]]:
    tool = str(Path(sys.executable).parent)
    return {
        "ruff": [f"{tool}/ruff", "check", "."],
        "format": [f"{tool}/ruff", "format", "--check", "."],
        "mypy": [sys.executable, "-m", "mypy"],
        "layers": [f"{tool}/lint-imports", "--cache-dir", str(VAR / "cache" / "imports")],
    }


def tests(arguments: Sequence[str]) -> list[str]:
    coverage = [f"--cov={room}" for room in PURE]
    coverage += ["--cov-branch", "--cov-report=term-missing:skip-covered"]
    if not arguments:
        coverage.append("--cov-fail-under=100")
    places = [f"--basetemp={VAR / 'test' / 'tmp'}", f"--junitxml={REPORT}"]
    return [sys.executable, "-m", "pytest", *places, *coverage, *arguments]


def skipped() -> list[str]:
    """Names of the tests that were skipped, from pytest's report."""
    return [
        f"{case.get('classname')}::{case.get('name')}"
        for case in ElementTree.parse(REPORT).iter("testcase")
        if case.find("skipped") is not None
    ]


def run(name: str, command: Sequence[str]) -> bool:
    print(f"── {name}", flush=True)
    begun = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, check=False)
    print(f"   {'passed' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - begun:.0f} s", flush=True)
    return done.returncode == 0


def main(arguments: Sequence[str]) -> int:
    os.environ |= {
        "COVERAGE_FILE": str(VAR / "test" / "coverage"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(VAR / "cache" / "hypothesis"),
        "PYTHONASYNCIODEBUG": "1",
    }
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.unlink(missing_ok=True)
    failed = [name for name, command in checks().items() if not run(name, command)]
    if not run("tests", tests(arguments)):
        failed.append("tests")
    if REPORT.exists() and (missed := skipped()):
        failed.append("skipped tests")
        print("Skipped, and so not proved:", *missed, sep="\n    ")
    print(f"FAILED: {', '.join(failed)}" if failed else "All passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
