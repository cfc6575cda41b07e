"""What is entered in a softphone, and Linphone's provisioning file."""

from xml.etree import ElementTree

import pytest

from ivr.adapters.softphones import Account, entries, linphone_file, reach

ACCOUNT = Account('Анна "Ася" <П> & К\\', "101", "10.0.0.5", 5070, "s3cr3t-_")


def test_each_softphone_gets_server_port_user_and_password() -> None:
    shown = entries(ACCOUNT, "(hidden)")
    assert set(shown) == {"linphone", "microsip", "zoiper"}
    for values in shown.values():
        text = " ".join(values.values())
        assert "10.0.0.5:5070" in text and "101" in text and "UDP" in text and "PCMA" in text and "2833" in text
        assert values["Password"] == "(hidden)" and ACCOUNT.secret not in text


def test_linphones_file_is_read_back() -> None:
    text = linphone_file(ACCOUNT)
    root = ElementTree.fromstring(text.encode())
    space = "{http://www.linphone.org/xsds/lpconfig.xsd}"
    assert root.tag == f"{space}config"
    read = {
        (section.get("name"), entry.get("name")): entry.text
        for section in root.findall(f"{space}section")
        for entry in section.findall(f"{space}entry")
    }
    assert read["auth_info_0", "username"] == "101"
    assert read["auth_info_0", "passwd"] == "s3cr3t-_"
    assert read["proxy_0", "reg_proxy"] == "<sip:10.0.0.5:5070;transport=udp>"
    assert read["proxy_0", "reg_identity"] == '"Анна \\"Ася\\" <П> & К\\\\" <sip:101@10.0.0.5:5070>'
    assert read["sip", "default_proxy"] == "0" and read["misc", "transient_provisioning"] == "1"
    assert all(entry.get("overwrite") == "true" for entry in root.iter(f"{space}entry"))


@pytest.mark.parametrize(
    ("server", "words"), [("0.0.0.0", "address of this machine"), ("127.0.0.1", "this very machine")]
)
def test_what_stands_in_the_way(server: str, words: str) -> None:
    assert words in reach(server)
    assert reach("10.0.0.5") == ""
