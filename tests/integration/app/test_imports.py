"""What a start costs: the engine, and every command, load no arithmetic that only the renderer's processes need."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["ivr.app", "ivr.cli"])
def test_scipy_is_loaded_by_those_who_make_sounds_alone(module: str) -> None:
    script = f"import sys, {module}; print(*({{'scipy', 'pyttsx3', 'matplotlib'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
