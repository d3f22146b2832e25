"""Every action of a user: menus, command search, shortcuts and the key sheet read this table."""

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

FILE, EDIT, VIEW, MARKET, HELP = "&File", "&Edit", "&View", "&Market", "&Help"
MENUS = (FILE, EDIT, VIEW, MARKET, HELP)


@dataclass(frozen=True, slots=True)
class Action:
    """What a user can do.

    shortcut  as QKeySequence reads it; several are separated by "; "
    slot      method of the main window or of one of its parts, or of the panel in focus if in_panel
    in_panel  the panel answers the key itself, and only while no editor is open
    """

    id: str
    menu: str
    text: str
    slot: str
    shortcut: str = ""
    in_panel: bool = False
    checkable: bool = False
    icon: str = ""
    separated: bool = False  # a line above it in its menu
    argument: str = ""  # passed to the slot

    @property
    def title(self) -> str:
        """The text in the user's language."""
        return QCoreApplication.translate("actions", self.text)

    @property
    def shortcuts(self) -> tuple[str, ...]:
        """Every shortcut."""
        return tuple(self.shortcut.split("; ")) if self.shortcut else ()


def _tr(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("actions", text))


ACTIONS = (
    Action("account.new", FILE, _tr("New account…"), "new_account", "Ctrl+N", icon="plus"),
    Action("account.import", FILE, _tr("Import positions from a file…"), "files.import_positions",
           "Ctrl+I", icon="import"),
    Action("book.open", FILE, _tr("Open book…"), "files.open_book", "Ctrl+O", separated=True),
    Action("book.save", FILE, _tr("Save a copy of the book…"), "files.save_book", "Ctrl+S"),
    Action("window.quit", FILE, _tr("Quit"), "close", "Ctrl+Q", separated=True),

    Action("edit.undo", EDIT, _tr("Undo"), "undo", "Ctrl+Z", icon="undo"),
    Action("edit.redo", EDIT, _tr("Redo"), "redo", "Ctrl+Shift+Z", icon="redo"),
    Action("edit.copy", EDIT, _tr("Copy"), "copy", "Ctrl+C", in_panel=True, separated=True),
    Action("edit.paste", EDIT, _tr("Paste"), "paste", "Ctrl+V", in_panel=True),
    Action("cell.edit", EDIT, _tr("Edit cell"), "edit_cell", "F2", in_panel=True, separated=True),
    Action("row.add", EDIT, _tr("Add a line"), "add_line", "Ins", in_panel=True),
    Action("row.remove", EDIT, _tr("Remove lines"), "remove_lines", "Del", in_panel=True),
    Action("row.include", EDIT, _tr("Include or exclude lines"), "toggle_included", "Space",
           in_panel=True),
    Action("row.more", EDIT, _tr("One lot more"), "nudge_up", "Alt+Up", in_panel=True),
    Action("row.less", EDIT, _tr("One lot less"), "nudge_down", "Alt+Down", in_panel=True),
    Action("rows.filter", EDIT, _tr("Filter lines"), "filter_lines", "Ctrl+F", separated=True),

    Action("view.menu", VIEW, _tr("Open the menu"), "open_menu", "F10", icon="menu"),
    Action("view.command", VIEW, _tr("Search or run a command…"), "search_commands", "Ctrl+K",
           icon="search"),
    Action("view.explain", VIEW, _tr("Explain the requirement"), "docks.show", "Ctrl+E",
           argument="explain"),
    Action("view.venues", VIEW, _tr("Compare the models"), "docks.show", "Ctrl+Shift+E",
           argument="venues"),
    Action("view.positions", VIEW, _tr("Go to the positions"), "docks.show", "Ctrl+Shift+P",
           argument="positions"),
    Action("view.accounts", VIEW, _tr("Go to the accounts"), "docks.show", "Ctrl+Shift+A",
           argument="accounts"),
    Action("view.light", VIEW, _tr("Light colours"), "set_light", "Ctrl+Shift+L", checkable=True,
           separated=True),
    Action("view.colour_blind", VIEW, _tr("Colours for colour-blind eyes"), "set_colour_blind",
           checkable=True),
    Action("unit.usd", VIEW, _tr("Show money in USD"), "session.set_unit", argument="USD",
           separated=True),
    Action("unit.btc", VIEW, _tr("Show money in BTC"), "session.set_unit", argument="BTC"),
    Action("unit.eth", VIEW, _tr("Show money in ETH"), "session.set_unit", argument="ETH"),
    Action("unit.pool", VIEW, _tr("Show money in the pool's own currency"), "session.set_unit",
           argument="pool"),
    Action("workspace.save", VIEW, _tr("Save this arrangement as a workspace…"),
           "workspaces.ask_and_save", "Ctrl+Shift+S", separated=True),
    Action("workspace.reset", VIEW, _tr("Reset the arrangement"), "reset_arrangement",
           "Ctrl+0"),
    *(
        Action(f"workspace.{number}", VIEW, _tr("Workspace {0}"), "workspaces.open",
               f"Ctrl+{number}", argument=str(number))
        for number in range(1, 10)
    ),

    Action("market.compute", MARKET, _tr("Recompute"), "session.recompute", "F5"),
    Action("market.play", MARKET, _tr("Play or pause the replay"), "player.toggle", "Ctrl+Space",
           icon="play", separated=True),
    Action("market.next", MARKET, _tr("Next step"), "player.next", "Ctrl+Right"),
    Action("market.previous", MARKET, _tr("Previous step"), "player.previous", "Ctrl+Left"),
    Action("market.faster", MARKET, _tr("Play faster"), "player.faster", "Ctrl+Up"),
    Action("market.slower", MARKET, _tr("Play slower"), "player.slower", "Ctrl+Down"),
    Action("market.restart", MARKET, _tr("Play from the beginning"), "player.restart",
           "Ctrl+Home"),
    Action("market.open", MARKET, _tr("Open a recorded market file…"), "files.open_feed",
           "Ctrl+Shift+O",
           separated=True),
    Action("market.folder", MARKET, _tr("Open a folder of recorded markets…"),
           "files.open_feed_folder"),
    Action("market.demo", MARKET, _tr("Open the demo market"), "open_demo"),
    Action("market.parameters", MARKET, _tr("Use the parameters of a date…"),
           "choose_parameter_date", separated=True),

    Action("help.panel", HELP, _tr("Help on the panel in focus"), "guide.show_help", "F1"),
    Action("help.keys", HELP, _tr("Keyboard"), "guide.show_keys", "Ctrl+?"),
    Action("help.models", HELP, _tr("The margin model of this account"), "show_model_card"),
    Action("help.hints", HELP, _tr("Show the first hints again"), "guide.show_hints"),
    Action("help.about", HELP, _tr("About Counterpoise"), "guide.show_about", separated=True),
)  # fmt: skip


def action(identity: str) -> Action:
    """The action with this id."""
    return next(each for each in ACTIONS if each.id == identity)
