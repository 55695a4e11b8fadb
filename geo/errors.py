"""Name the few causes of failure that a person can act on.

Every message follows one template: what is wrong, how many, the first one; what was expected;
what to do. Anything that is not one of these is a bug and keeps its traceback.
"""


class LivingCircleError(Exception):
    """Base of every failure that is reported to a person as one message."""


class InputDataError(LivingCircleError, ValueError):
    """The content of a source is not usable as it stands."""


class SourceMissingError(LivingCircleError, FileNotFoundError):
    """A file that was asked for does not exist or cannot be opened."""


class SettingsError(LivingCircleError, ValueError):
    """A setting in city.toml, in the environment or on the command line is wrong."""


class StoreError(LivingCircleError, RuntimeError):
    """A release, the pointer to it or the state file is absent, damaged or locked."""


class CancelledError(LivingCircleError, RuntimeError):
    """Somebody asked the running work to stop."""
