"""The voice of the system: studio files, recorded words and synthesis (docs/voice.md)."""

from ivr.adapters.speech.fixed import render_fixed
from ivr.adapters.speech.requirements import missing
from ivr.adapters.speech.settings import VoiceSettings
from ivr.adapters.speech.voice import SystemVoice

__all__ = ["SystemVoice", "VoiceSettings", "missing", "render_fixed"]
