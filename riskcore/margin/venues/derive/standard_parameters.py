"""What Derive's standard manager takes as given, with the bounds its contract sets.

Names are the contract's own. Source: derivexyz/v2-core, src/risk-managers/StandardManager.sol;
derivexyz/v2-scripts, data/mainnet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from riskcore.errors import ParameterError
from riskcore.margin.bound import Bound, unknown
from riskcore.margin.parameters import ANY, Schema, Selection, row
from riskcore.margin.venues.derive.auction import AuctionTerms
from riskcore.margin.venues.derive.cash import Interest
from riskcore.margin.venues.derive.feeds import Feeds
from riskcore.margin.venues.derive.perps import Funding
from riskcore.margin.venues.derive.trades import Fees

Fraction = Annotated[float, Meta(ge=0, le=1)]
SpotShare = Annotated[float, Meta(ge=0, le=1.2)]
Scale = Annotated[float, Meta(ge=1, le=3)]


class StandardAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every account of the standard manager."""

    depeg_threshold: Fraction  # USD per USDC below which initial margin grows
    depeg_factor: Annotated[float, Meta(ge=0, le=3)]  # times what USDC is below
    max_account_size: Annotated[int, Meta(ge=1)]  # assets
    borrowing_enabled: bool  # whether cash may become negative


class PerpRow(msgspec.Struct, frozen=True, kw_only=True):
    """Margin of a perpetual, of its value."""

    mm_perp_req: Annotated[float, Meta(gt=0, lt=1)]
    im_perp_req: Annotated[float, Meta(gt=0, lt=1)]


class OptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """Margin of short options, of the spot price where nothing else is said."""

    max_spot_req: SpotShare  # initial, at the money
    min_spot_req: SpotShare  # initial, however far out of the money
    mm_call_spot_req: Fraction
    mm_put_spot_req: Fraction
    mm_put_mtm_req: Fraction  # of the put's own mark
    unpaired_im_scale: Scale  # times the forward, of calls sold without a call bought
    unpaired_mm_scale: Scale
    mm_offset_scale: Scale  # initial margin of a put over its maintenance margin, at least


class BaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a coin is worth as collateral."""

    margin_factor: Fraction  # of its value, in maintenance margin
    im_scale: Fraction  # of that, in initial margin


class OracleRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a doubtful oracle adds to initial margin; a threshold of 0 switches it off."""

    perp_threshold: Fraction = 0.0
    option_threshold: Fraction = 0.0
    base_threshold: Fraction = 0.0
    oc_factor: Fraction = 0.0  # of the spot price, times the doubt


SCHEMA: Schema = {
    "account": (StandardAccount,),
    "auction": (AuctionTerms,),
    "interest": (Interest,),
    "funding": (Funding,),
    "feeds": (Feeds,),
    "fees": (Fees,),
    ANY: (PerpRow, OptionRow, BaseRow, OracleRow),
}


@dataclass(frozen=True, slots=True)
class Rates:
    """What no margin depends on; None where no file gives it."""

    interest: Interest | None
    funding: Funding | None
    feeds: Feeds | None
    fees: Fees | None


@dataclass(frozen=True, slots=True, eq=False)
class StandardParameters:
    """Everything the standard model was bound to, by coin."""

    venue: ClassVar[str] = "Derive"

    bound: Bound
    account: StandardAccount
    auction: AuctionTerms
    perps: Mapping[str, PerpRow] = field(repr=False)
    options: Mapping[str, OptionRow] = field(repr=False)
    bases: Mapping[str, BaseRow] = field(repr=False)
    oracles: Mapping[str, OracleRow] = field(repr=False)
    rates: Rates = field(repr=False)

    def perp(self, coin: str) -> PerpRow:
        """The margin of a coin's perpetual. Raises Unsupported."""
        found = self.perps.get(coin)
        if found is None:
            raise unknown(self.venue, f"standard margin of the {coin} perpetual", coin, PerpRow)
        return found

    def option(self, coin: str) -> OptionRow:
        """The margin of options on a coin. Raises Unsupported."""
        found = self.options.get(coin)
        if found is None:
            raise unknown(self.venue, f"standard margin of {coin} options", coin, OptionRow)
        return found

    def base(self, coin: str) -> BaseRow:
        """What a coin is worth as collateral. Raises Unsupported."""
        found = self.bases.get(coin)
        if found is None:
            raise unknown(self.venue, f"standard margin of {coin} as collateral", coin, BaseRow)
        return found

    def oracle(self, coin: str) -> OracleRow:
        """What a coin's doubtful oracle adds; nothing where no row is known."""
        return self.oracles.get(coin, OracleRow())

    def doubts(self, coins: list[str], at: datetime) -> tuple[str, ...]:
        """What a label must say of the parameters themselves."""
        return self.bound.doubts(["account", *coins], at)


def parameters(selection: Selection) -> StandardParameters:
    """The parameters of a selection. Raises ParameterError when one is missing or contradicts."""
    bound = Bound("Derive", selection)
    found = StandardParameters(
        bound,
        bound.whole(StandardAccount, "account"),
        bound.whole(AuctionTerms, "auction").checked(),
        bound.rows(PerpRow),
        bound.rows(OptionRow),
        bound.rows(BaseRow),
        bound.rows(OracleRow),
        Rates(
            row(Interest, selection.tables.get("interest", {})),
            row(Funding, selection.tables.get("funding", {})),
            row(Feeds, selection.tables.get("feeds", {})),
            row(Fees, selection.tables.get("fees", {})),
        ),
    )
    for coin, perp in found.perps.items():
        if perp.mm_perp_req > perp.im_perp_req:
            raise ParameterError(
                f"{coin}.mm_perp_req is {perp.mm_perp_req:g}; it must not exceed im_perp_req, "
                f"which is {perp.im_perp_req:g}"
            )
    return found
