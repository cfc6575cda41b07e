"""An Asterisk that is too old is refused by what it lacks."""

from ivr.adapters.asterisk.process import missing


def test_what_a_version_lacks() -> None:
    assert missing((22, 10)) == missing((23, 0)) == missing((22, 1)) == []
    (lacking,) = missing((22, 0))
    assert "since 22.1" in lacking
    assert "line 22" in missing((20, 14))[0]
