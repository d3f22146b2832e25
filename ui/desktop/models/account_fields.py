"""The fields of an account as its venue reports them, for comparison with the venue's own page."""

from collections.abc import Sequence

import numpy as np

from riskcore.margin.requirement import Figure
from ui.desktop import formats
from ui.desktop.glossary import Glossary, title
from ui.desktop.models.series import Column, Numbers

DECIMALS = {"BTC": 8, "ETH": 6}  # as the venue prints them; money of every other currency has two


def account_fields(
    figures: Sequence[Figure], glossary: Glossary, titles: tuple[str, str, str]
) -> Numbers:
    """Field, amount and currency, in the venue's own order and units; an amount names its own."""

    def written(row: float) -> str:
        figure = figures[int(row)]
        return f"{formats.fixed(figure.amount, DECIMALS.get(figure.unit, 2))} {figure.unit}"

    def exact(row: float) -> str:
        return formats.full(figures[int(row)].amount)

    return Numbers(
        (
            Column(titles[0], tuple(title(each.term, glossary) for each in figures)),
            Column(titles[1], np.arange(len(figures), dtype=np.float64), written, exact),
            Column(titles[2], tuple(each.unit for each in figures)),
        )
    )
