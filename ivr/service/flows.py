"""The flow in force. A call keeps the version it began with; a new version is for new calls only."""

import structlog

from ivr.dialogue.flow import Flow

log = structlog.get_logger()


class FlowShelf:
    """Holds the live flow. Publishing swaps it at once."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def live(self) -> Flow:
        return self._flow

    def publish(self, flow: Flow) -> None:
        if flow.version != self._flow.version:
            log.info("flow_published", flow=flow.name, version=flow.version, replaces=self._flow.version)
        self._flow = flow
