"""What Derive's portfolio managers take as given, by underlying, with the bounds of their setters.

Keys are those of the contracts, in lower case. Source: derivexyz/v2-core, PMRMLib.sol and
PMRMLib_2.sol; values on chain: derivexyz/v2-scripts, data/mainnet.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
Up = Annotated[float, Meta(gt=1, le=3)]
Down = Annotated[float, Meta(gt=0, lt=1)]


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scenario of the first manager."""

    spot: Annotated[float, Meta(gt=0, le=3)]  # factor on spot
    vol: Literal["up", "none", "down"]


class DampedScenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scenario of the second manager."""

    spot: Annotated[float, Meta(gt=0, le=20)]  # factor on spot
    vol: Literal["up", "none", "down", "linear", "abs"]
    dampening: Annotated[float, Meta(ge=0, le=10)] = 1.0  # share of the profit that counts


class Collateral(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A coin that the second manager takes beside cash."""

    asset: str
    risk_cancelling: bool  # whether it moves with spot in the scenarios
    mm_haircut: Share
    im_haircut: Share  # on top of that of maintenance


class PortfolioRow(msgspec.Struct, frozen=True, kw_only=True):
    """The first manager (PMRM) of one underlying."""

    scenarios: Annotated[tuple[Scenario, ...], Meta(min_length=1, max_length=40)]
    basis_spot_up: Up
    basis_spot_down: Down
    basis_add_factor: Annotated[float, Meta(ge=0, le=5)]
    basis_mult_factor: Annotated[float, Meta(ge=0, le=5)]  # per year to expiry
    peg_loss_threshold: Share  # USD
    peg_loss_factor: Annotated[float, Meta(ge=0, le=20)]
    conf_threshold: Share
    conf_margin: Annotated[float, Meta(ge=0, le=1.5)]
    base_percent: Share  # of spot
    perp_percent: Share
    option_percent: Share
    im_factor: Annotated[float, Meta(ge=1, le=4)]
    base_static_discount: Share
    rate_mult_scale: Annotated[float, Meta(ge=0, le=5)]
    rate_add_scale: Annotated[float, Meta(ge=0, le=5)]
    vol_range_up: Annotated[float, Meta(ge=0, le=2)]  # relative, at 30 days
    vol_range_down: Annotated[float, Meta(ge=0, le=2)]
    short_term_power: Annotated[float, Meta(ge=0, le=0.5)]  # up to 30 days
    long_term_power: Annotated[float, Meta(ge=0, le=0.5)]
    dte_floor: Annotated[float, Meta(ge=0.01, le=100)]  # days
    max_account_size: Annotated[int, Meta(ge=1)] = 128  # assets


class Portfolio2Row(msgspec.Struct, frozen=True, kw_only=True):
    """The second manager (PMRM_2) of one underlying."""

    scenarios: Annotated[tuple[DampedScenario, ...], Meta(min_length=1, max_length=40)]
    collateral: tuple[Collateral, ...] = ()
    basis_spot_up: Up
    basis_spot_down: Down
    basis_add_factor: Annotated[float, Meta(ge=0, le=20)]
    basis_mult_factor: Annotated[float, Meta(ge=0, le=20)]  # per year to expiry
    peg_loss_threshold: Annotated[float, Meta(ge=0, le=100)]  # USD
    peg_loss_factor: Annotated[float, Meta(ge=0, le=10)]
    conf_threshold: Share
    conf_margin: Annotated[float, Meta(ge=0, le=20)]
    mm_perp_percent: Annotated[float, Meta(ge=0, le=3)]  # of spot
    im_perp_percent: Annotated[float, Meta(ge=0, le=3)]  # on top of that of maintenance
    mm_option_percent: Annotated[float, Meta(ge=0, le=2)]
    im_option_percent: Annotated[float, Meta(ge=0, le=2)]
    im_factor: Annotated[float, Meta(ge=0.5, le=10)]
    mm_factor: Annotated[float, Meta(ge=0.1, le=10)]
    short_rate_mult_scale: Annotated[float, Meta(ge=0, le=10)]
    long_rate_mult_scale: Annotated[float, Meta(ge=0, le=10)]
    short_rate_add_scale: Annotated[float, Meta(ge=0, le=10)]
    long_rate_add_scale: Annotated[float, Meta(ge=0, le=10)]
    short_base_static_discount: Annotated[float, Meta(ge=0, le=4)]
    long_base_static_discount: Annotated[float, Meta(ge=0, le=4)]
    vol_range_up: Annotated[float, Meta(ge=0, le=10)]  # relative, at 30 days
    vol_range_down: Annotated[float, Meta(ge=0, le=10)]
    short_term_power: Annotated[float, Meta(ge=0, le=10)]  # up to 30 days
    long_term_power: Annotated[float, Meta(ge=0, le=10)]
    dte_floor: Annotated[float, Meta(ge=0, le=400)]  # days
    min_vol_up: Annotated[float, Meta(ge=0, le=20)]  # per square-root year
    linear_base_cap: Annotated[float, Meta(ge=0, le=10)]
    abs_base_cap: Annotated[float, Meta(ge=0, le=10)]
    linear_cbase: Annotated[float, Meta(ge=-10, le=10)]
    abs_cbase: Annotated[float, Meta(ge=-10, le=10)]
    min_kstar: Annotated[float, Meta(ge=0, le=10)]
    width_scale: Annotated[float, Meta(ge=0, le=10)]
    vol_param_static: Annotated[float, Meta(ge=0, le=10)]
    vol_param_scale: Annotated[float, Meta(ge=-20, le=20)]
    max_account_size: Annotated[int, Meta(ge=1)] = 256  # assets
