"""Files are read whole, packed or plain, and never beyond their bound."""

import gzip

import pytest

from storage.errors import StorageError
from storage.files import packed


def test_gzip_is_told_by_its_first_bytes(tmp_path):
    path = tmp_path / "named.csv"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert packed.unpacked(path) == b"a,b\n1,2\n"
    assert packed.beginning(path, 3) == b"a,b"
    path.write_bytes(b"plain")
    assert packed.unpacked(path) == b"plain"
    assert packed.beginning(path, 3) == b"pla"


def test_a_gzip_file_of_two_members_is_read_to_its_end(tmp_path):
    path = tmp_path / "two.gz"
    path.write_bytes(gzip.compress(b"one ") + gzip.compress(b"two"))
    assert packed.unpacked(path) == b"one two"


def test_a_bomb_is_refused_before_it_unpacks(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"\0" * 30_000_000))
    assert path.stat().st_size < 40_000
    with pytest.raises(StorageError, match="unpacks to more than 1,000,000 bytes"):
        packed.unpacked(path, 1_000_000)


def test_a_bomb_of_many_members_is_refused(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"\0" * 600_000) * 2)
    with pytest.raises(StorageError, match="unpacks to more than"):
        packed.unpacked(path, 1_000_000)


@pytest.mark.parametrize("packed_too", [False, True])
def test_a_large_file_is_refused(tmp_path, packed_too):
    path = tmp_path / "large"
    path.write_bytes(packed.GZIP * 60 if packed_too else b"x" * 120)
    with pytest.raises(StorageError, match="larger than 100 bytes"):
        packed.unpacked(path, stored=100)
    with pytest.raises(StorageError, match="large"):
        packed.unpacked(path, limit=100)


def test_a_cut_or_damaged_gzip_file_is_refused(tmp_path):
    path = tmp_path / "cut.gz"
    whole = gzip.compress(bytes(range(256)) * 40)
    path.write_bytes(whole[:-20])
    with pytest.raises(StorageError, match="its end is missing"):
        packed.unpacked(path)
    path.write_bytes(whole[:30] + b"\xff\xff\xff" + whole[33:])
    with pytest.raises(StorageError, match="is not a whole gzip file"):
        packed.unpacked(path)
    path.write_bytes(packed.GZIP + b"nothing of the kind")
    with pytest.raises(StorageError, match="is not a whole gzip file"):
        packed.beginning(path, 10)


def test_what_cannot_be_opened_is_refused(tmp_path):
    with pytest.raises(StorageError, match="cannot be read: No such file"):
        packed.unpacked(tmp_path / "absent")
    with pytest.raises(StorageError, match="cannot be read: Is a directory"):
        packed.unpacked(tmp_path)


def test_text_that_is_not_utf_8_is_refused_by_its_byte(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes("preis;größe".encode("latin-1"))
    with pytest.raises(StorageError, match="byte 8 is not UTF-8 text"):
        packed.text(path)
    path.write_bytes("\ufeffname".encode())
    assert packed.text(path) == "name"
