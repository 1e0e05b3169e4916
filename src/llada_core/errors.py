"""Every error that the framework raises on purpose, in one place.

Each carries a `code` that the HTTP server passes on unchanged, and, where one request field is at fault,
its name in `field`.
"""

from __future__ import annotations


class LladaError(Exception):
    """Base of all errors raised on purpose; `str(error)` is fit to be shown to a user."""

    code = "internal_error"
    field: str | None = None


class ParameterError(LladaError, ValueError):
    """A parameter has a value that can never work; names the field, the value and the rule."""

    code = "invalid_parameter"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class ContextLengthError(ParameterError):
    """Prompt and canvas together do not fit the model's context or the key/value pool."""

    code = "context_length_exceeded"


class UnknownNameError(LladaError, LookupError):
    """No such algorithm or unmasking rule; the message lists what there is and near matches."""

    code = "unknown_algorithm"
    field = "generation_algorithm"


class AmbiguousNameError(UnknownNameError):
    """Two distributions provide this name; the message lists the qualified names to choose from."""

    code = "ambiguous_algorithm"


class UnavailableError(LladaError):
    """An algorithm is installed but cannot run here; the message gives the reason and a hint."""

    code = "algorithm_unavailable"
    field = "generation_algorithm"


class PluginError(LladaError):
    """A plugin failed to load, in strict mode or where the server requires it."""

    code = "plugin_error"


class CheckpointError(LladaError):
    """A checkpoint cannot be loaded; the message names file and tensor."""

    code = "checkpoint_error"


class PlanError(LladaError):
    """An algorithm planned a forward that cannot run, or that leaves positions neither computed nor kept."""

    code = "algorithm_error"


class AlgorithmError(LladaError):
    """An algorithm's own code raised or returned something of the wrong shape."""

    code = "algorithm_error"


class NonFiniteError(LladaError):
    """The model's logits of a row held NaN or infinity; the message names the step."""

    code = "nan_logits"


class OutOfMemoryError(LladaError):
    """A forward did not fit into the device's memory; the newest of its requests is given up."""

    code = "out_of_memory"


class CancelledError(LladaError):
    """The request was cancelled before it finished."""

    code = "cancelled"


class GenerationError(LladaError):
    """The engine gave a request up; `code` and message are those of its `Failed` event."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
