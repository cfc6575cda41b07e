from ivr.adapters.billing.http import Breaker


def test_it_opens_after_failures_in_a_row_and_lets_one_try_at_a_time() -> None:
    now = [0.0]
    breaker = Breaker(2, 10.0, lambda: now[0])
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.closed and breaker.let_through()
    breaker.failed()
    assert not breaker.closed and not breaker.let_through()
    now[0] = 10.0
    assert breaker.let_through() and not breaker.let_through()
    breaker.failed()
    now[0] = 19.0
    assert not breaker.let_through()
    now[0] = 20.0
    assert breaker.let_through()
    breaker.succeeded()
    assert breaker.closed and breaker.let_through()
