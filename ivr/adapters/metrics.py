"""What Prometheus is told of the engine: few figures, each of which somebody will act on. Served at /metrics."""

from collections import Counter as Tally
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from ivr.domain.call import Call, CallId, Contact, Outcome, Step
from ivr.domain.questions import results
from ivr.service.calls import CallRecorder


class CountedCalls:
    """A CallRecorder that counts what it hands on. An outcome "open" is a caller handed over to the operators."""

    def __init__(self, recorder: CallRecorder, registry: CollectorRegistry) -> None:
        self._recorder = recorder
        self._started = Counter("ivr_dialogues_started", "Dialogues begun with a caller", registry=registry)
        self._ended = Counter("ivr_dialogues_ended", "Dialogues ended, by outcome", ["outcome"], registry=registry)
        self._failed = Counter(
            "ivr_requests_failed", "Requests of flows that a service could not answer", ["code"], registry=registry
        )
        self._questions = Counter(
            "ivr_question_results",
            "What became of questions: heard, asked_again, silence, match, no_match, no_input, by_keys, over_prompt",
            ["node", "result"],
            registry=registry,
        )
        for outcome in (Outcome.OPEN, Outcome.SERVED, Outcome.ABANDONED, Outcome.FAILED):
            self._ended.labels(outcome.value)  # a figure that is there from the start can be alerted on

    def begin(self, call: Call) -> None:
        self._started.inc()
        self._recorder.begin(call)

    def step(self, call_id: CallId, step: Step) -> None:
        if step.event == "failure":
            self._failed.labels(step.result).inc()
        for result in results(step):
            self._questions.labels(step.node, result).inc()
        self._recorder.step(call_id, step)

    def identified(self, call: Call) -> None:
        self._recorder.identified(call)

    def contact(self, contact: Contact) -> None:
        self._recorder.contact(contact)

    def end(self, call: Call) -> None:
        self._ended.labels(call.outcome.value).inc()
        self._recorder.end(call)


class _Rendered(Collector):
    def __init__(self, read: Callable[[], int]) -> None:
        self._read = read

    def collect(self) -> Iterator[CounterMetricFamily]:
        yield CounterMetricFamily("ivr_sounds_rendered", "Sounds made, not found in the cache", value=self._read())


def expose(
    registry: CollectorRegistry,
    *,
    in_dialogue: Callable[[], int],
    asterisk_up: Callable[[], bool],
    sounds_rendered: Callable[[], int],
) -> None:
    """Figures that are read when Prometheus asks."""
    Gauge("ivr_calls_in_dialogue", "Callers in dialogue now", registry=registry).set_function(in_dialogue)
    Gauge("ivr_asterisk_up", "1 while the control link to Asterisk is up", registry=registry).set_function(asterisk_up)
    registry.register(_Rendered(sounds_rendered))


class _Line(Collector):
    def __init__(
        self,
        queues: Iterable[str],
        waits_s: Callable[[], Mapping[str, Collection[float]]],
        states: Callable[[], Iterable[str]],
    ) -> None:
        self._queues = [queue for queue in queues if queue]  # the nameless one: where the flow names none
        self._waits_s = waits_s
        self._states = states

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waits_s = self._waits_s()
        waiting = GaugeMetricFamily(
            "ivr_queue_waiting", "Callers on the line who wait for an operator", labels=["queue"]
        )
        longest = GaugeMetricFamily(
            "ivr_queue_longest_wait_seconds", "How long the one of them waits who waits longest", labels=["queue"]
        )
        for queue in sorted({*self._queues, *waits_s}):
            waiting.add_metric([queue], len(waits_s.get(queue, ())))
            longest.add_metric([queue], max(waits_s.get(queue, ()), default=0.0))
        operators = GaugeMetricFamily("ivr_operators", "Operators by what they do", labels=["state"])
        for state, count in sorted(Tally(self._states()).items()):
            operators.add_metric([state], count)
        yield from (waiting, longest, operators)


def expose_line(
    registry: CollectorRegistry,
    queues: Iterable[str],
    waits_s: Callable[[], Mapping[str, Collection[float]]],
    states: Callable[[], Iterable[str]],
) -> None:
    """Who waits and who works, read when Prometheus asks. `queues` are shown also while nobody waits in them; `waits_s`
    gives how long each caller of a queue has waited; `states` one state for each operator."""
    registry.register(_Line(queues, waits_s, states))
