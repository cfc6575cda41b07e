"""What to enter in an operator's softphone.

Linphone's settings: its remote provisioning (wiki.linphone.org, "Remote Provisioning") and the keys of liblinphone's
"Provisioning configuration keys". On Android and iOS it reads a QR code, which must be the web address of such a file
and nothing else; the desktop one takes the address typed in. MicroSIP's are those of its Account dialog, and it reads
no codes. Zoiper reads only codes made by its maker's service for a registered provider, so there are none of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

ANYWHERE = "0.0.0.0"
LOOPBACK = "127.0.0.1"
REGISTER_EVERY_S = 120
_SCHEMA = "http://www.linphone.org/xsds/lpconfig.xsd"


@dataclass(frozen=True, slots=True)
class Account:
    """One operator's SIP account. server: the address that softphones reach the centre at."""

    name: str
    extension: str
    server: str
    port: int
    secret: str

    @property
    def address(self) -> str:
        return f"{self.server}:{self.port}"


def entries(account: Account, password: str) -> Mapping[str, Mapping[str, str]]:
    """Of each softphone, what to enter where; `password` is what is shown for it. Names differ between versions."""
    dtmf, codec = "RFC 2833 (RFC 4733)", "PCMA (G.711 A-law), else PCMU"
    return {
        "linphone": {
            "where": "Assistant: third-party SIP account",
            "Username": account.extension,
            "Password": password,
            "Domain": account.address,
            "Display name": account.name,
            "Transport": "UDP",
            "Media encryption": "None",
            "DTMF": dtmf,
            "Codec": codec,
        },
        "microsip": {
            "where": "Menu: Add Account",
            "Account Name": account.name,
            "SIP Server": account.address,
            "SIP Proxy": "(empty)",
            "Username": account.extension,
            "Domain": account.address,
            "Login": account.extension,
            "Password": password,
            "Display Name": account.name,
            "Transport": "UDP",
            "Media Encryption": "Disabled",
            "DTMF Method (Settings)": dtmf,
            "Enabled Codecs (Settings)": codec,
        },
        "zoiper": {
            "where": "Settings: Accounts: Add, by hand",
            "Username": f"{account.extension}@{account.address}",
            "Password": password,
            "Domain": account.address,
            "Authentication user name, outbound proxy": "(empty)",
            "Transport": "SIP UDP",
            "DTMF": dtmf,
            "Codec": codec,
        },
    }


def reach(server: str) -> str:
    """What stands in the way of softphones on other machines; empty: nothing."""
    if server == ANYWHERE:
        return "sip.host is 0.0.0.0: enter the address of this machine that the softphone reaches instead of it"
    if server == LOOPBACK:
        return "sip.host is 127.0.0.1: only a softphone on this very machine reaches it; set sip.host and sip.operators"
    return ""


def linphone_file(account: Account) -> str:
    """The account as a file of Linphone's remote provisioning. It holds the secret."""
    sections = {
        "misc": {"transient_provisioning": "1"},  # taken once, not at every start
        "sip": {"default_proxy": "0", "media_encryption": "none", "use_info": "0", "use_rfc2833": "1"},
        "auth_info_0": {"username": account.extension, "passwd": account.secret, "domain": account.server},
        "proxy_0": {
            "reg_proxy": f"<sip:{account.address};transport=udp>",
            "reg_identity": f'"{_quoted(account.name)}" <sip:{account.extension}@{account.address}>',
            "reg_expires": str(REGISTER_EVERY_S),
            "reg_sendregister": "1",
            "publish": "0",
        },
    }
    root = ElementTree.Element("config", xmlns=_SCHEMA)
    for name, values in sections.items():
        section = ElementTree.SubElement(root, "section", name=name)
        for key, value in values.items():
            ElementTree.SubElement(section, "entry", name=key, overwrite="true").text = value
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _quoted(name: str) -> str:
    """For a display name of SIP."""
    return name.replace("\\", "\\\\").replace('"', '\\"')
