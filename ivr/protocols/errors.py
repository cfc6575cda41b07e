"""What a peer can do wrong on the wire."""


class ProtocolError(Exception):
    """The peer broke the protocol or a size limit. The connection is of no more use; adapters close it and say so."""
