import pytest

from ivr.domain.errors import ConfigurationError
from ivr.simulate.bench_calls.load import read_statistics


def test_statistics_are_read_by_name() -> None:
    text = (
        "StartTime;CurrentCall;SuccessfulCall(P);SuccessfulCall(C);FailedCall(C);\n"
        "x;20;3;3;0;\n"
        "x;50;8;60;2;\n"
        "x;0;0;110;2;\n"
    )

    assert read_statistics(text) == (110, 2, 50)


@pytest.mark.parametrize("text", ["", "CurrentCall;\n3;\n", "CurrentCall;SuccessfulCall(C);FailedCall(C)\na;b;c\n"])
def test_statistics_that_say_nothing_are_a_mistake(text: str) -> None:
    with pytest.raises(ConfigurationError, match="SIPp's statistics"):
        read_statistics(text)
