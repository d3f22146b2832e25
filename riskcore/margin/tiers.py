"""Margin rates that grow with size."""


def incremented(base: float, increment: float, coins: float) -> float:
    """A rate that grows by the same step with every coin held."""
    return base + increment * coins


def leverage(
    coins: float,
    *,
    top: float,
    lowest: float,
    top_until: float,
    decay: float,
    largest: float,
    shape: str,
) -> float:
    """Highest leverage at a size: `top` up to a share of the largest position, then less.

    coins      position, without sign
    top_until  share of `largest` up to which leverage is `top`
    decay      "linear": the share of `largest` at which leverage has fallen to `lowest`;
               "power": the exponent of the decay
    """
    edge = top_until * largest
    if coins <= edge:
        return top
    if shape == "power":
        return max(top * float((edge / coins) ** decay), lowest)
    width = decay * largest - edge
    fallen = (coins - edge) / width if width > 0 else 1.0
    return max(top - (top - lowest) * fallen, lowest)
