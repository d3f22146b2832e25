"""The demo plays its made market as a feed."""

from pathlib import Path

import pytest

from storage.errors import StorageError
from storage.feeds.demo import open_demo

RESOURCES = Path(__file__).parents[3] / "resources"


def test_the_demo_says_what_it_is():
    demo = open_demo(RESOURCES / "demo")
    assert demo.kind == "replay"
    assert demo.synthetic
    assert "Synthetic" in demo.name
    assert len(demo.instants) == 2160


def test_a_step_carries_its_instant_and_the_shared_universe():
    demo = open_demo(RESOURCES / "demo")
    assert demo.snapshot(7).as_of == demo.instants[7]
    assert demo.snapshot(7).universe is demo.universe


def test_a_folder_without_a_market_is_refused(tmp_path):
    with pytest.raises(StorageError, match=r"market\.toml cannot be read"):
        open_demo(tmp_path)
