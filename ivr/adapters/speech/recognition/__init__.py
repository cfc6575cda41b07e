"""Speech recognisers behind the port of `ivr.service.hearing`, and the models they use (docs/speech.md)."""
