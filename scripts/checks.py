"""Every check and test, in the prepared environment: checks.py [PYTEST ARGUMENTS…]. Used by scripts/test.sh.

Without arguments the whole suite runs, and the pure rooms must be covered to the last branch. A skipped test is a
failure: what was not run was not proved. Much is proved in real time, by ear, many files at once: a test that failed is
run once more by itself, and named, so that a machine too busy for a moment is told from a fault.
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
REPORTS = VAR / "test"
BY_FILE = ("--dist", "loadfile", "--no-loadscope-reorder")
CROWD = "tests/acceptance/crowd"
PURE = ("ivr/domain", "ivr/dialogue", "ivr/protocols")


def checks() -> dict[str, list[str]]:
    tool = str(Path(sys.executable).parent)
    return {
        "ruff": [f"{tool}/ruff", "check", "."],
        "format": [f"{tool}/ruff", "format", "--check", "."],
        "mypy": [sys.executable, "-m", "mypy"],
        "layers": [f"{tool}/lint-imports", "--cache-dir", str(VAR / "cache" / "imports")],
    }


def tests(arguments: Sequence[str]) -> dict[str, tuple[list[str], list[str]]]:
    """The runs of pytest by name: what is run, and how at first. Acceptance is mostly waiting for people to finish
    speaking; a crowd of callers has the machine for itself, or others would be heard and answered too late."""
    coverage = [*(f"--cov={room}" for room in PURE), "--cov-branch", "--cov-report="]
    if arguments:
        return {"tests": (list(arguments), [])}
    return {
        "tests": (["tests/unit", "tests/flows", "tests/integration"], [*coverage, "-n", "3", *BY_FILE]),
        "acceptance": (["tests/acceptance", f"--ignore={CROWD}"], ["-n", "6", *BY_FILE]),
        "crowd": ([CROWD], []),
    }


def passed(name: str, what: Sequence[str], how: Sequence[str]) -> bool:
    """Run one part of the tests; what failed in it, once more and alone."""
    if run(name, pytest(name, *what, *how)):
        return True
    failures = sorted({f"{case.get('classname')}::{case.get('name')}" for case in failed_cases(name)})
    if not failures:
        return False
    print("Failed, and run once more by themselves:", *failures, sep="\n    ")
    return run(f"{name} again", pytest(f"{name}-again", *what, "--last-failed"))


def failed_cases(name: str) -> list[ElementTree.Element]:
    report = REPORTS / f"{name}.xml"
    if not report.exists():
        return []
    cases = ElementTree.parse(report).iter("testcase")
    return [case for case in cases if case.find("failure") is not None or case.find("error") is not None]


def covered() -> list[str]:
    report = ["--fail-under=100", "--show-missing", "--skip-covered"]
    return [sys.executable, "-m", "coverage", "report", *report]


def pytest(name: str, *arguments: str) -> list[str]:
    places = [f"--basetemp={REPORTS / name}", f"--junitxml={REPORTS / name}.xml"]
    return [sys.executable, "-m", "pytest", *places, "--durations=8", *arguments]


def skipped() -> list[str]:
    """Names of the tests that were skipped, from pytest's reports."""
    return [
        f"{case.get('classname')}::{case.get('name')}"
        for report in REPORTS.glob("*.xml")
        for case in ElementTree.parse(report).iter("testcase")
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
    REPORTS.mkdir(parents=True, exist_ok=True)
    for old in REPORTS.glob("*.xml"):
        old.unlink()
    failed = [name for name, command in checks().items() if not run(name, command)]
    failed += [name for name, (what, how) in tests(arguments).items() if not passed(name, what, how)]
    if not arguments and not run("coverage of the pure rooms", covered()):
        failed.append("coverage")
    if missed := skipped():
        failed.append("skipped tests")
        print("Skipped, and so not proved:", *missed, sep="\n    ")
    print(f"FAILED: {', '.join(failed)}" if failed else "All passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
