"""The top level of the project, and what no module may keep."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import library
from ui.cli.models import card_label

ROOT = Path(__file__).parents[2]
TOP = {
    ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "main.py",
    "pyproject.toml", "requirements.lock", "requirements-bench.lock", "resources", "riskcore",
    "storage", "tests", "ui",
}  # fmt: skip
PACKAGES = ("riskcore", "storage", "ui")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "misc", "util"}
LONGEST = 500  # lines; a file is read in one go
LOWER_CASE = {  # a logger, and what Alembic asks for
    "_log", "revision", "down_revision", "branch_labels", "depends_on",
}  # fmt: skip
RUN_BY_ALEMBIC = {"storage/database/migrations/env.py"}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))
    yield ROOT / "main.py"


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_top_level_is_as_planned() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no checkout, so what belongs to the project is not known")
    assert {line.partition("/")[0] for line in listed.stdout.splitlines()} <= TOP


def test_packages_begin_empty() -> None:
    full = [named(path) for path in modules() if path.name == "__init__.py" and path.stat().st_size]
    assert not full


def test_no_module_is_a_drawer() -> None:
    drawers = [named(path) for path in modules() if path.stem in FORBIDDEN_NAMES]
    assert not drawers


def test_a_file_is_read_in_one_go() -> None:
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert not {path: length for path, length in lengths.items() if length > LONGEST}


def test_modules_keep_no_state() -> None:
    """Names of a module are bound once, and nothing in a function binds them again."""
    wrong = []
    for path in modules():
        tree = ast.parse(path.read_text("utf-8"))
        wrong += [f"{named(path)}:{each.lineno}" for each in ast.walk(tree) if rebinds(each)]
        names = [name for node in tree.body for name in bound(node)]
        wrong += [f"{named(path)}: {name}" for name in names if names.count(name) > 1]
        wrong += [f"{named(path)}: {name}" for name in names if not constant(name)]
        wrong += [
            f"{named(path)}:{each.lineno}" for each in tree.body if isinstance(each, ast.AugAssign)
        ]
    assert not wrong


def rebinds(node: ast.AST) -> bool:
    return isinstance(node, ast.Global)


def bound(node: ast.stmt) -> list[str]:
    """The names a statement of a module binds."""
    if isinstance(node, ast.Assign):
        return [each.id for each in node.targets if isinstance(each, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def constant(name: str) -> bool:
    """Constants are capitals and types begin with one."""
    return name.isupper() or name.lstrip("_")[:1].isupper() or name in LOWER_CASE


def test_modules_say_what_they_are() -> None:
    said = {
        named(path): ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        for path in modules()
        if path.name != "__init__.py"
    }
    assert not [path for path, words in said.items() if not words or words.startswith("Returns")]


def test_modules_do_nothing_when_they_are_imported() -> None:
    """Only bindings, definitions and imports; the program's start is guarded."""
    busy = [
        f"{named(path)}:{node.lineno}"
        for path in modules()
        if named(path) not in RUN_BY_ALEMBIC
        for node in ast.parse(path.read_text("utf-8")).body
        if not quiet(node)
    ]
    assert not busy


def quiet(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)  # the docstring
    if isinstance(node, ast.If):
        return any(word in ast.unparse(node.test) for word in ("__name__", "TYPE_CHECKING"))
    return isinstance(
        node,
        ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        | ast.Assign | ast.AnnAssign,
    )  # fmt: skip


@pytest.mark.parametrize("model", library().names())
def test_every_model_has_a_card_with_its_label(model: str) -> None:
    card = ROOT / "resources" / "docs" / "models" / f"{model.replace('/', '-')}.md"
    assert card_label(card.read_text("utf-8")).startswith(("exact", "approximate"))
