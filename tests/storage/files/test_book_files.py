"""A book file is read within a bound and written whole or not at all."""

import gzip
import json
import stat

import pytest

from riskcore.errors import BookError, Refusal
from storage.errors import StorageError
from storage.files import book_files
from storage.files.book_files import read_book, replace_text, write_book
from tests.builders import account, market

ACCOUNT = account(positions={"BTC-PERPETUAL": 1000.0}, balances={"BTC": 1.5})


def test_what_is_written_is_read_again(tmp_path):
    path = tmp_path / "desk.json"
    write_book(path, (ACCOUNT,), market("BTC-PERPETUAL"))
    found = read_book(path)
    assert found.name == "desk"
    assert found.accounts[0].holdings == ACCOUNT.holdings
    assert found.market is not None
    assert found.market.usd("BTC") == 70_000


def test_a_packed_book_is_read(tmp_path):
    path = tmp_path / "desk.json"
    write_book(path, (ACCOUNT,), name="Desk")
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert read_book(path).name == "Desk"


def test_a_refusal_names_file_and_key(tmp_path):
    path = tmp_path / "desk.json"
    write_book(path, (ACCOUNT,))
    document = json.loads(path.read_text())
    document["accounts"][0]["positions"][0]["quantity"] = "many"
    path.write_text(json.dumps(document))
    with pytest.raises(BookError, match=r"desk\.json: accounts\[0\]\.positions\[0\]\.quantity"):
        read_book(path)


def test_a_book_that_cannot_be_leaves_the_old_one(tmp_path):
    path = tmp_path / "desk.json"
    write_book(path, (ACCOUNT,))
    before = path.read_bytes()
    with pytest.raises(Refusal):
        write_book(path, (ACCOUNT, ACCOUNT))
    assert path.read_bytes() == before


def test_a_disk_that_fails_leaves_the_old_file_and_no_scrap(tmp_path, monkeypatch):
    path = tmp_path / "desk.json"
    path.write_text("old")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(book_files.os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        replace_text(path, "new")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["desk.json"]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        replace_text(tmp_path / "absent" / "desk.json", "new")


def test_permissions_and_links_stay(tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    real.chmod(0o600)
    link.symlink_to(real)
    replace_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
