"""Whether an algorithm can run here, asked of code that may raise, hang or answer nonsense."""

from __future__ import annotations

import msgspec

from ..algorithm import Availability
from ..environment import Environment
from ..errors import UnavailableError
from ..facts import ModelFacts
from ..plugins import PluginManager
from ..plugins.record import one_line
from .entries import AlgorithmEntry
from .time_limit import NoAnswerError, TimeLimit


class AvailabilityCheck:
    """Asks the plugin's hook, the algorithm's `availability`, its `is_available`; the first answer counts.

    Raising, not answering in time and answering something else all mean no, with that as the reason.
    """

    def __init__(self, plugins: PluginManager, seconds: float) -> None:
        """`seconds` is the limit a question."""
        self._plugins = plugins
        self._limit = TimeLimit(seconds)

    def ask(self, entry: AlgorithmEntry, facts: ModelFacts | None, load: bool) -> Availability:
        """The answer, always with a reason if it is no.

        Args:
            facts: of the loaded model; None: for the machine alone.
            load: False: do not import the algorithm; one that has not been imported yet, and whose plugin's
                hook has no answer, counts as available.
        """
        if entry.needs_cache and facts is not None and not facts.cached:
            return Availability(
                False,
                f"{entry.name} keeps keys and values between forwards; the loaded model only returns logits",
                "load the model with llada_core, or choose an algorithm without a cache, such as basic",
            )
        try:
            return _checked(self._first_answer(entry, Environment(model=facts), load))
        except NoAnswerError as error:
            return Availability(False, f"its availability check gives {error}")
        except UnavailableError as error:
            return Availability(False, str(error))
        except (Exception, SystemExit) as error:
            return Availability(False, f"its availability check raised {one_line(error)}")

    def _first_answer(self, entry: AlgorithmEntry, environment: Environment, load: bool) -> object:
        key = entry.owner.key
        if key is not None:
            answer = self._limit.ask(
                (entry, "hook", environment.model),
                lambda: self._plugins.check_availability(key, entry.name, environment),
            )
            if answer is not None:
                return answer
        if entry.instance is None and not load:
            return Availability(True)
        algorithm = entry.get()
        answer = self._limit.ask((entry, "availability"), algorithm.availability)
        if answer is not None:
            return answer
        return Availability(bool(self._limit.ask((entry, "is_available"), algorithm.is_available)))


def _checked(answer: object) -> Availability:
    if not isinstance(answer, Availability):
        return Availability(
            False, f"its availability check returned {answer!r:.80}, expected Availability or None"
        )
    if not answer.ok and not answer.reason:
        return msgspec.structs.replace(answer, reason="its availability check says no, without a reason")
    return answer
