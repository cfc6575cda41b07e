"""Asterisk's configuration is rendered from checked values only."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ivr.adapters.asterisk.conf import AsteriskValues, Line, render
from ivr.adapters.asterisk.layout import Installation, Layout
from ivr.domain.errors import ConfigurationError

SHIPPED = Path(__file__).parents[4] / "dialplans" / "asterisk"


@pytest.fixture
def values(tmp_path: Path) -> AsteriskValues:
    installation = Installation(("asterisk",), tmp_path / "modules", tmp_path / "data")
    return AsteriskValues(
        layout=Layout(installation, tmp_path / "state"),
        node="centre",
        sip_host="127.0.0.1",
        sip_port=5060,
        rtp_first=10000,
        rtp_last=10099,
        ami_port=5038,
        ami_secret="s" * 24,
        music=tmp_path / "music",
        event_filters=("eventfilter(action(include),name(Hangup)) = ",),
        operators=(Line("101", "a" * 20), Line("102", "b" * 20, penalty=1)),
    )


def template(folder: Path, text: str, name: str = "some.conf.j2") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def mistakes(values: AsteriskValues, folder: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        render(template(folder / "templates", "{{ node }}"), folder / "conf", values)
    return caught.value.mistakes


def test_values_reach_the_file(values: AsteriskValues, tmp_path: Path) -> None:
    text = (
        "{{ node }} {{ state }} {{ modules }} {{ greeting }}\n{% for o in operators %}{{ o.extension }}{% endfor %}\n"
    )
    values = replace(values, values={"greeting": "Здравствуйте"})
    render(template(tmp_path / "templates", text), tmp_path / "conf", values)
    written = (tmp_path / "conf" / "some.conf").read_text(encoding="utf-8")
    assert f"centre {tmp_path}/state {tmp_path}/modules Здравствуйте\n101102" == written


def test_a_second_rendering_changes_nothing(values: AsteriskValues, tmp_path: Path) -> None:
    templates, target = template(tmp_path / "templates", "{{ sip_port }}"), tmp_path / "conf"
    assert render(templates, target, values)
    assert not render(templates, target, values)
    assert render(templates, target, replace(values, sip_port=5070))
    assert (target / "some.conf").read_text() == "5070"


def test_files_are_closed_to_others_and_no_draft_is_left(values: AsteriskValues, tmp_path: Path) -> None:
    target = tmp_path / "conf"
    target.mkdir()
    (target / "some.conf").write_text("5060")
    (target / "some.conf").chmod(0o644)
    (target / "old.conf").write_text("from an older edition")
    assert render(template(tmp_path / "templates", "{{ sip_port }}"), target, values)
    assert [path.name for path in target.iterdir()] == ["some.conf"]
    assert (target / "some.conf").stat().st_mode & 0o777 == 0o640


def test_a_template_includes_another_folders(values: AsteriskValues, tmp_path: Path) -> None:
    template(tmp_path / "shared", "node {{ node }}", "part.j2")
    render(template(tmp_path / "city", '{% include "shared/part.j2" %}'), tmp_path / "conf", values)
    assert (tmp_path / "conf" / "some.conf").read_text() == "node centre"


def test_every_bad_template_is_named(values: AsteriskValues, tmp_path: Path) -> None:
    templates = template(tmp_path / "templates", "{{ nobody_gave_this }}")
    template(templates, "{% if %}", "other.conf.j2")
    with pytest.raises(ConfigurationError) as caught:
        render(templates, tmp_path / "conf", values)
    first, second = caught.value.mistakes
    assert "other.conf.j2" in first
    assert "some.conf.j2" in second and "nobody_gave_this" in second
    assert not (tmp_path / "conf").exists()


def test_a_folder_without_templates_is_refused(values: AsteriskValues, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no templates"):
        render(tmp_path, tmp_path / "conf", values)


@pytest.mark.parametrize(
    "character",
    [
        "\n",
        "\r",
        "\t",
        "\0",
        "\x7f",
        "\x85",
        "\u2028",
        ";",
        "[",
        "]",
        '"',
        "'",
        "$",
        "{",
        "}",
        "\\",
        "`",
        "|",
        "&",
        "<",
        ">",
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_a_value_that_would_break_a_file_is_refused(
    values: AsteriskValues, tmp_path: Path, character: str, nested: bool
) -> None:
    text = f"before{character}after"
    wrong: dict[str, Any] = {"greeting": [{"text": text}]} if nested else {"greeting": text}
    (mistake,) = mistakes(replace(values, values=wrong), tmp_path)
    assert mistake.startswith("greeting.0.text: " if nested else "greeting: ")
    assert text not in mistake


@pytest.mark.parametrize("path", ["/srv/a;b", "/srv/a,b", "/srv/${b}", "/srv/a\nb"])
def test_a_path_that_would_break_a_file_is_refused(values: AsteriskValues, tmp_path: Path, path: str) -> None:
    (mistake,) = mistakes(replace(values, music=Path(path)), tmp_path)
    assert mistake.startswith("music: ")


def test_a_name_of_a_mapping_is_checked_too(values: AsteriskValues, tmp_path: Path) -> None:
    (mistake,) = mistakes(replace(values, values={"people": {"a\nb": "c"}}), tmp_path)
    assert mistake.startswith("people: name ")


@pytest.mark.parametrize("text", [" a", "a ", " "])
def test_spaces_around_a_value_are_refused(values: AsteriskValues, tmp_path: Path, text: str) -> None:
    (mistake,) = mistakes(replace(values, values={"greeting": text}), tmp_path)
    assert mistake == "greeting: must not begin or end with a space"


def test_numbers_and_switches_pass(values: AsteriskValues, tmp_path: Path) -> None:
    values = replace(values, values={"seconds": 5, "on": True})
    render(template(tmp_path / "templates", "{{ seconds }} {{ on }}"), tmp_path / "conf", values)
    assert (tmp_path / "conf" / "some.conf").read_text() == "5 True"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"sip_port": 0}, "sip_port"),
        ({"rtp_first": -1}, "rtp_first"),
        ({"rtp_last": 65536}, "rtp_last"),
        ({"ami_port": 99999}, "ami_port"),
        ({"sip_host": "localhost"}, "sip_host"),
        ({"ami_host": ""}, "ami_host"),
        ({"carrier": ("192.0.2.0/24", "192.0.2.1/24")}, "carrier.1"),
        ({"operator_networks": ("anywhere",)}, "operator_networks.0"),
        ({"node": "Centre 1"}, "node"),
        ({"ami_user": "a b"}, "ami_user"),
        ({"ami_secret": "short"}, "ami_secret"),
        ({"ami_read": "all, or nothing"}, "ami_read"),
        ({"ami_write": ""}, "ami_write"),
        ({"event_filters": ("eventfilter(name(Hangup)) = ", "secret = mine")}, "event_filters.1"),
        ({"event_filters": ("eventfilter(name(Hangup)) = \nsecret = mine",)}, "event_filters.0"),
        ({"operators": (Line("12", "a" * 20),)}, "operators.0.extension"),
        ({"operators": (Line("101", "пароль-из-букв-кириллицы"),)}, "operators.0.secret"),
        ({"operators": (Line("101", "a" * 20, penalty=-1),)}, "operators.0.penalty"),
        ({"values": {"node": "other"}}, "values.node"),
    ],
)
def test_a_misfit_names_its_key(values: AsteriskValues, tmp_path: Path, change: dict[str, Any], key: str) -> None:
    (mistake,) = mistakes(replace(values, **change), tmp_path)
    assert mistake.startswith(f"{key}: ")


def test_all_mistakes_are_told_at_once(values: AsteriskValues, tmp_path: Path) -> None:
    wrong = replace(values, sip_port=0, node="Ц", values={"greeting": "a;b"})
    assert [mistake.split(":")[0] for mistake in mistakes(wrong, tmp_path)] == ["greeting", "sip_port", "node"]


def test_secrets_do_not_show(values: AsteriskValues) -> None:
    assert "s" * 24 not in repr(values)
    assert "a" * 20 not in repr(values)


def test_the_shipped_templates_let_in_the_carrier_and_operators_only(values: AsteriskValues, tmp_path: Path) -> None:
    values = replace(values, carrier=("192.0.2.0/24",), operator_networks=("198.51.100.0/24",))
    # The dialplan has values of its own; it is proved on a real Asterisk.
    templates = tmp_path / "templates"
    templates.mkdir()
    for path in SHIPPED.glob("*.j2"):
        if path.name not in ("extensions.conf.j2", "talks.conf.j2"):
            (templates / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    render(templates, tmp_path / "conf", values)
    acl = (tmp_path / "conf" / "acl.conf").read_text()
    assert [line for line in acl.splitlines() if line.startswith(("deny", "permit"))] == [
        "deny = 0.0.0.0/0.0.0.0",
        "deny = ::/0",
        "permit = 192.0.2.0/24",
        "permit = 198.51.100.0/24",
    ]
    pjsip = (tmp_path / "conf" / "pjsip.conf").read_text()
    assert "match = 192.0.2.0/24\n" in pjsip
    assert pjsip.count("password = ") == 2
    assert "anonymous" not in pjsip.replace("no anonymous endpoint", "")
    assert "member => PJSIP/102,1,102,PJSIP/102\n" in (tmp_path / "conf" / "queues.conf").read_text()
