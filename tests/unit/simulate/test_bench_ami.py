import json

from ivr.protocols.ami import Message
from ivr.simulate import bench_ami


def test_ours_corrupts_nothing_where_panoramisk_does() -> None:
    result = json.loads(json.dumps(bench_ami.run(2000)))
    assert [run["chunk_bytes"] for run in result["runs"]] == [1449, 4096, 65536]
    assert [run["ours_corrupted"] for run in result["runs"]] == [0, 0, 0]
    assert result["runs"][0]["panoramisk_corrupted"] > 0


def test_a_changed_and_a_lost_event_are_corrupted() -> None:
    truth = [{"Event": "A", "Name": "Ёж"}, {"Event": "B", "Name": ""}]
    good = [Message({"event": "A", "name": "Ёж"}), Message({"event": "B", "name": ""})]
    assert bench_ami._corrupted(good, truth) == 0
    assert bench_ami._corrupted([Message({"event": "A", "name": "ж"}), good[1]], truth) == 1
    assert bench_ami._corrupted(good[:1], truth) == 1
