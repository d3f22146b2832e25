"""Files read whole, plain or gzip by their first bytes, never beyond a stated size."""

import zlib
from pathlib import Path

from storage.errors import StorageError

MAX_STORED = 50_000_000  # bytes on disk
MAX_UNPACKED = 200_000_000  # bytes of text
GZIP = b"\x1f\x8b"
_WINDOW = 16 + zlib.MAX_WBITS  # the stream has a gzip header
_BLOCK = 1 << 16
_HEADER = 1 << 12  # more than what stands before the text of a gzip file


def unpacked(path: Path, limit: int = MAX_UNPACKED, stored: int = MAX_STORED) -> bytes:
    """Everything in a file. Raises StorageError when it is larger or cannot be read."""
    raw = _stored(path, stored + 1)
    if len(raw) > stored:
        raise StorageError(
            f"{path.name} is larger than {stored:,} bytes, the most that is read; split it"
        )
    if not raw.startswith(GZIP):
        if len(raw) > limit:
            raise StorageError(f"{path.name} holds more than {limit:,} bytes; split it")
        return raw
    return _inflated(path.name, raw, limit)


def beginning(path: Path, size: int) -> bytes:
    """The first bytes of a file, at most so many. Raises StorageError when it cannot be read."""
    raw = _stored(path, max(size, _HEADER))
    if not raw.startswith(GZIP):
        return raw[:size]
    try:
        return zlib.decompressobj(_WINDOW).decompress(raw, size)
    except zlib.error as error:
        raise StorageError(f"{path.name} is not a whole gzip file ({error})") from None


def text(path: Path, limit: int = MAX_UNPACKED) -> str:
    """A file as UTF-8 text. Raises StorageError, naming the byte that is not."""
    try:
        return unpacked(path, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StorageError(f"{path.name}: byte {error.start} is not UTF-8 text") from None


def _stored(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror or error}") from None


def _inflated(name: str, raw: bytes, limit: int) -> bytes:
    """The text of a gzip file of one or more members, given up as soon as it is too large."""
    parts: list[bytes] = []
    size = 0
    try:
        while raw:
            stream = zlib.decompressobj(_WINDOW)
            pending = raw
            while not stream.eof:
                part = stream.decompress(pending, _BLOCK)
                pending = stream.unconsumed_tail
                if not part and not pending and not stream.eof:
                    raise StorageError(f"{name} is not a whole gzip file: its end is missing")
                size += len(part)
                if size > limit:
                    raise StorageError(
                        f"{name} unpacks to more than {limit:,} bytes, the most that is read"
                    )
                parts.append(part)
            raw = stream.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise StorageError(f"{name} is not a whole gzip file ({error})") from None
    return b"".join(parts)
