"""Deribit's trading fees, which no requirement holds but every trade pays.

Source: support.deribit.com, Fees (rates and caps as stated there in 2025 and 2026).
"""


def option_fee(price: float, reference: float, rate: float, cap: float) -> float:
    """The fee on one coin of an option, in the currency its price is quoted in.

    price      what was paid for one coin: coins (inverse) or quote currency (linear)
    reference  what the rate is a share of: 1 coin (inverse) or the index (linear)
    rate, cap  share of the reference, and the largest share of the price
    """
    return min(rate * reference, cap * price)


def future_fee(notional: float, rate: float) -> float:
    """The fee on a future or perpetual; negative when the venue pays it.

    notional  coins (inverse: USD over the price) or quote currency (linear)
    """
    return rate * notional
