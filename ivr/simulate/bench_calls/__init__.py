"""`ivr bench calls`: one tone menu as a bare dialplan and through the engine, under the same load, in one run.

The run is `bench.run_bench`. Nothing is imported here: `media` is a process that must start light.
"""
