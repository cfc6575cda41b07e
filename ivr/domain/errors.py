"""Every error the product raises on purpose.

IvrError
├── ConfigurationError      config, flow, sound or Asterisk set-up is wrong; carries every mistake found
├── StoreUnavailable        the database is locked, full or gone: nothing was stored
│   └── RecordRefused       … nor will it ever be: this very record breaks a rule of the tables
├── PhoneFailed             Asterisk could not do what was asked of a living call
├── RecognitionFailed       the speech recogniser could not hear: tones take over
└── LinkDown                Asterisk's control link (AMI) is not connected, or an action met its deadline

CallerHungUp is not an error: it is how a call ends. It is raised by the phone and caught once.
"""

from collections.abc import Sequence


class IvrError(Exception):
    """Root of the product's errors. `code` is stable and may be shown to machines."""

    code = "ivr_error"


class ConfigurationError(IvrError):
    """What was given cannot be used. `mistakes` lists all of them, each with its place and remedy."""

    code = "configuration"

    def __init__(self, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


class StoreUnavailable(IvrError):
    """The database did not take or give what was asked within its deadline; nothing was stored."""

    code = "store_unavailable"


class RecordRefused(StoreUnavailable):
    """The database is there, but refuses this very record; trying again is useless."""

    code = "record_refused"


class PhoneFailed(IvrError):
    """Asterisk refused or failed a command on a call that is still up."""

    code = "phone_failed"


class RecognitionFailed(IvrError):
    """The recogniser failed, or is not there: this phrase will not be heard."""

    code = "recognition_failed"


class LinkDown(IvrError):
    """The AMI link is down, or the action was not answered before its deadline. It is never sent again."""

    code = "link_down"


class CallerHungUp(Exception):
    """The caller's leg is gone."""


class LineLost(CallerHungUp):
    """The leg is gone without a goodbye of Asterisk's: Asterisk itself has stopped."""
