"""A process is known by its birth, not by its number alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.adapters.leftovers import ProcessBook, birth


def test_a_running_process_is_found_until_it_ends(tmp_path: Path) -> None:
    book = ProcessBook(tmp_path / "deep" / "processes.json")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        book.write("engine", process.pid)
        book.write("supervisor", os.getpid())
        assert ProcessBook(tmp_path / "deep" / "processes.json").alive() == {
            "engine": process.pid,
            "supervisor": os.getpid(),
        }
        process.communicate(b"\n")
    assert book.alive() == {"supervisor": os.getpid()}
    book.write("supervisor", None)
    assert book.alive() == {}


def test_a_number_used_again_is_another_process(tmp_path: Path) -> None:
    path = tmp_path / "processes.json"
    path.write_text(json.dumps({"engine": [os.getpid(), "an earlier boot:1"]}))
    assert ProcessBook(path).alive() == {}


def test_a_process_that_is_gone_is_not_written_down(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
        book = ProcessBook(tmp_path / "processes.json")
        book.write("engine", process.pid)
    assert book.alive() == {}
    assert birth(process.pid) is None


def test_a_dead_process_not_yet_waited_for_is_not_alive() -> None:
    read, write = os.pipe()
    with subprocess.Popen(["true"], stdout=write) as process:
        os.close(write)
        os.read(read, 1)  # its end is closed as it dies
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert birth(process.pid) is None
    os.close(read)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"engine": 5}', '{"engine": ["x", "y"]}'])
def test_a_broken_book_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "processes.json").write_text(text)
    assert ProcessBook(tmp_path / "processes.json").alive() == {}
