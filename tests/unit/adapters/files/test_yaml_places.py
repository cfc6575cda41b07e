"""Lines of places in a YAML file, and keys given twice."""

import yaml

from ivr.adapters.files.yaml_places import keys_given_twice, line_of

TEXT = """\
a: 1
b:
  - c: 1
    d: [x,
        y]
  - c: 2
? [e]
: 3
"""


def test_a_place_has_its_line() -> None:
    root = yaml.compose(TEXT, Loader=yaml.SafeLoader)
    places = [(), ("a",), ("b", 0, "d", 1), ("b", 1), ("b", 1, "c"), ("b", 1, "no", "more"), ("b", "0"), ("no",)]
    assert [line_of(root, place) for place in places] == [1, 1, 5, 6, 6, 6, 2, 1]
    assert line_of(None, ("a",)) == 1


def test_keys_given_twice() -> None:
    text = "a: 1\nb:\n  - {c: 1,\n     c: 2}\na: &loop\n  d: *loop\n  e: 1\n  e: 2\n"
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert sorted(keys_given_twice(root)) == [("a", 5), ("c", 4), ("e", 8)]
    assert list(keys_given_twice(yaml.compose(TEXT, Loader=yaml.SafeLoader))) == []
    assert list(keys_given_twice(None)) == []
