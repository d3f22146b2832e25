"""Names offered while one is typed: those that begin with it first, then those that contain it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QStringListModel
from PySide6.QtWidgets import QCompleter, QLineEdit

OFFERED = 40  # a longer list is a reason to type on


class Completion(QObject):
    """Completes the word under the cursor of a line edit."""

    def __init__(self, names: Callable[[], Sequence[str]], parent: QObject) -> None:
        super().__init__(parent)
        self._names = names
        self._found = QStringListModel(self)
        self._editor: QLineEdit | None = None

    def attach(self, editor: QLineEdit) -> None:
        """Offer names in this editor."""
        completer = QCompleter(self._found, editor)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setWidget(editor)
        popup = completer.popup()
        assert popup is not None
        popup.setAccessibleName(self.tr("Instruments"))
        completer.activated[str].connect(self._take)  # type: ignore[index]
        editor.textEdited.connect(self._offer)
        self._editor, self._completer, self._popup = editor, completer, popup

    def _offer(self) -> None:
        assert self._editor is not None
        wanted = self._word()[0].casefold()
        found = matches(wanted, self._names()) if any(map(str.isalpha, wanted)) else []
        self._found.setStringList(found)
        if not found or [each.casefold() for each in found] == [wanted]:
            self._popup.hide()
            return
        self._completer.complete()
        self._popup.setCurrentIndex(self._found.index(0, 0))

    def _take(self, name: str) -> None:
        assert self._editor is not None
        _, start, end = self._word()
        text = self._editor.text()
        rest = text[end:].lstrip()
        self._editor.setText(f"{text[:start]}{name} {rest}")
        self._editor.setCursorPosition(start + len(name) + 1)

    def _word(self) -> tuple[str, int, int]:
        """The word under the cursor, where it starts and where it ends."""
        assert self._editor is not None
        text, cursor = self._editor.text(), self._editor.cursorPosition()
        start = text.rfind(" ", 0, cursor) + 1
        end = text.find(" ", cursor)
        end = len(text) if end < 0 else end
        return text[start:end], start, end


def matches(wanted: str, names: Sequence[str]) -> list[str]:
    """The names to offer for a lower-case text, in the order given within each kind."""
    if not wanted:
        return []
    starting, containing = [], []
    for name in names:
        place = name.casefold().find(wanted)
        if place == 0:
            starting.append(name)
        elif place > 0:
            containing.append(name)
    return (starting + containing)[:OFFERED]
