"""The cells of the scenario matrix."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from tests.ui.desktop.desk import look
from ui.desktop.plots.matrix_grid import READABLE, Board, Cell, MatrixGrid, contrast

pytestmark = pytest.mark.window


def board(*shares: float) -> Board:
    cells = tuple(
        ((0, column), Cell(column, f"{share:+.0f}k", share, f"scenario {column}"))
        for column, share in enumerate(shares)
    )
    return Board(tuple("head" for _ in shares), ("vol up",), cells)


def ground(grid: MatrixGrid, column: int) -> QColor:
    """The colour of a cell beside its figure."""
    image = grid.grab().toImage()
    corner = grid.place_rect((0, column)).topLeft() + QPointF(6, 6)
    return image.pixelColor((corner * image.devicePixelRatio()).toPoint())


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("colour_blind", [False, True])
@pytest.mark.parametrize("share", [-1.0, -0.5, 0.5, 1.0])
def test_figures_are_readable_on_every_colour(qtbot, name, colour_blind, share) -> None:
    theme = look(name, colour_blind=colour_blind)
    grid = MatrixGrid(theme)
    qtbot.addWidget(grid)
    grid.resize(300, 120)
    grid.show_board(board(share, 0.0))
    assert contrast(theme.color("text"), ground(grid, 0)) >= READABLE - 0.05


def test_larger_amounts_have_stronger_colours(qtbot) -> None:
    theme = look()
    grid = MatrixGrid(theme)
    qtbot.addWidget(grid)
    grid.resize(400, 120)
    grid.show_board(board(-0.1, -0.4, -1.0))
    reds = [ground(grid, column).red() for column in range(3)]
    assert reds == sorted(reds)
    assert len(set(reds)) == 3


def test_the_marked_place_stays_while_figures_change_and_goes_with_its_cell(qtbot) -> None:
    grid = MatrixGrid(look())
    qtbot.addWidget(grid)
    grid.show_board(board(-1.0, 0.5))
    grid.choose((0, 1))
    grid.show_board(board(-0.9, 0.4))
    assert grid.marked.scenario == 1
    grid.show_board(board(-0.9))
    assert grid.marked is None


def test_many_columns_never_widen_the_window(qtbot) -> None:
    days = tuple(f"2025-11-{day:02d}" for day in range(1, 31))
    cells = tuple(((0, at), Cell(at, "-688k", -1.0, day)) for at, day in enumerate(days))
    grid = MatrixGrid(look())
    qtbot.addWidget(grid)
    grid.show_board(Board(days, ("",), cells))
    assert grid.minimumSizeHint().width() < 600
    grid.resize(900, 160)
    assert 1 < grid._every(days) < 6
    assert not grid.grab().isNull()


def test_arrows_pass_over_places_without_a_scenario(qtbot) -> None:
    cells = tuple(((0, at), Cell(at, "0", 0.0, str(at))) for at in (0, 2))
    grid = MatrixGrid(look())
    qtbot.addWidget(grid)
    grid.show_board(Board(("a", "b", "c"), ("",), cells))
    grid.choose((0, 0))
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.marked.scenario == 2
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.marked.scenario == 2
