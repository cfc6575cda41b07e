"""What the Asterisk templates are told of this centre."""

from ivr.adapters.asterisk.ami_events import filter_lines
from ivr.adapters.asterisk.conf import AsteriskValues, Line
from ivr.adapters.asterisk.layout import Layout
from ivr.adapters.files import roster
from ivr.config import Centre, Secrets
from ivr.places import Places

FALLBACK_TIMEOUT_S = 600
"""How long a caller waits in the safety net's queue before he is asked to call again."""


def asterisk_values(centre: Centre, secrets: Secrets, layout: Layout) -> AsteriskValues:
    """Raises ConfigurationError when the roster is wrong."""
    places = Places.of(centre)
    root = secrets.operator_secret.get_secret_value()
    return AsteriskValues(
        layout,
        centre.node,
        centre.sip.host,
        centre.sip.port,
        centre.sip.rtp_first,
        centre.sip.rtp_last,
        centre.asterisk.ami_port,
        secrets.ami_secret.get_secret_value(),
        places.music,
        event_filters=tuple(filter_lines()),
        max_calls=centre.asterisk.max_calls,
        carrier=centre.sip.carrier,
        operator_networks=centre.sip.operators,
        operators=tuple(
            Line(
                operator.extension,
                roster.softphone_secret(root, operator.extension),
                operator.penalty,
                roster.FALLBACK in operator.queues,
            )
            for operator in roster.load(places.roster)
        ),
        values={
            "agi_host": centre.fastagi.host,
            "agi_port": centre.fastagi.port,
            "recordings_dir": places.incoming,
            "journal_dir": places.journal,
            "sounds_dir": places.fixed,
            "fallback_timeout_s": FALLBACK_TIMEOUT_S,
            "trunk": centre.sip.trunk,
        },
    )
