"""The promise of the wait: what is measured, what is foretold from it, what is said of it, and what came true.

measured = Measured()                     fed with every talk and every wait as they end
situation = Situation(waiting, working)   how the line stands now
foretold = foretell(situation, measured)  for everybody in the line; None while there is nothing to go by
promise = Promise.of(entry, now, place, foretold[place - 1])
promise.minutes                           what is said
promise.change(now, foretold[…])          said anew only when it improved or broke
promise.came_true(now, answered=True)     what came true; `Report.of` all of it
"""

from ivr.domain.wait.measured import Measured
from ivr.domain.wait.predictor import Foretold, Situation, foretell, qlm_s
from ivr.domain.wait.promise import Change, Minutes, Outcome, Promise
from ivr.domain.wait.report import Errors, Report
from ivr.domain.wait.rival import AsteriskHold

__all__ = [
    "AsteriskHold",
    "Change",
    "Errors",
    "Foretold",
    "Measured",
    "Minutes",
    "Outcome",
    "Promise",
    "Report",
    "Situation",
    "foretell",
    "qlm_s",
]
