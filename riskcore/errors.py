"""What the user is told when something cannot be done.

A Refusal is the user's to mend: its text is one sentence that names the place and says what would
be accepted. Anything else that is raised is a bug of ours and ends in a crash report.
"""


class Refusal(Exception):
    """A sentence for the user."""


class RiskcoreError(Refusal):
    """A refusal by the core."""


class InstrumentError(RiskcoreError):
    """An instrument that cannot exist, or a name that no venue uses."""


class MarketError(RiskcoreError):
    """A price, volatility or index that is missing or impossible."""


class HoldingsError(RiskcoreError):
    """A position, balance or order that cannot be held."""


class ParameterError(RiskcoreError):
    """A model or a parameter that does not exist or is out of bounds."""


class BookError(RiskcoreError):
    """A book file that cannot be read, with the path of the key."""


class Unsupported(RiskcoreError):
    """A book that a model has no published rule for."""
