"""What the user is told when something cannot be read or put away."""

from riskcore.errors import Refusal


class StorageError(Refusal):
    """A file or database that cannot be read or written; what it held is untouched."""


class NotFound(StorageError):
    """Something that is not stored."""


class NewerFile(StorageError):
    """A file or database of a version later than this program's."""


class InUse(StorageError):
    """A database that another running copy of the program holds."""
