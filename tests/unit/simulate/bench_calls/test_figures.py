from dataclasses import replace

from ivr.simulate.bench_calls.figures import Measured, compared, share

BARE = Measured(
    calls=100,
    stored=0,
    good=(99, 100),
    peak=50,
    cpu_s=2.0,
    engine_cpu_s=0.0,
    asterisk_mb=90.0,
    engine_mb=0.0,
    renderer_mb=0.0,
    delays_ms=[60.0, 62.0, 64.0],
    late_ms=3.0,
)
ENGINE = replace(
    BARE,
    stored=98,
    good=(99, 98, 100),
    peak=49,
    cpu_s=2.6,
    engine_cpu_s=0.4,
    engine_mb=118.04,
    renderer_mb=130.06,
    delays_ms=[70.0, 72.0, 75.0],
)


def test_one_round() -> None:
    entry = compared(50, [(BARE, ENGINE)])

    assert entry["concurrent"] == 50
    assert entry["cpu_ratio"] == 1.3
    assert (entry["cpu_ms_per_call_bare"], entry["cpu_ms_per_call_engine"]) == (20.0, 26.0)
    assert entry["cpu_ms_per_call_engine_alone"] == 4.0
    assert (entry["failed"], entry["failed_bare"], entry["stored"], entry["calls"]) == (2, 1, 98, 100)
    assert (entry["p50_ms_bare"], entry["p50_ms_engine"], entry["added_p50_ms"]) == (62.0, 72.0, 10.0)
    assert (entry["p95_ms_bare"], entry["p95_ms_engine"], entry["added_p95_ms"]) == (63.8, 74.7, 10.9)
    assert (entry["engine_rss_mb"], entry["peak"], entry["samples"]) == (118.0, 49, [3, 3])
    assert "cpu_ratios" not in entry


def test_rounds_are_compared_each_with_its_own() -> None:
    busy = (replace(BARE, cpu_s=4.0), replace(ENGINE, cpu_s=8.0, good=(101,)))

    entry = compared(50, [(BARE, ENGINE), busy, (BARE, replace(ENGINE, cpu_s=2.4))])

    assert entry["cpu_ratios"] == [1.3, 2.0, 1.2]
    assert entry["cpu_ratio"] == 1.3
    assert entry["calls"] == 300
    assert entry["failed"] == 4


def test_nothing_measured_is_no_figure() -> None:
    entry = compared(50, [(BARE, replace(ENGINE, delays_ms=[]))])

    assert entry["added_p50_ms"] is None
    assert entry["p50_ms_engine"] is None
    assert share([1.0], 50) is None
