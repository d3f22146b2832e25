"""Books of a house: what Deribit lists, in dollars and in coins; a house sees any venue."""

from collections.abc import Mapping

from tests.riskcore.margin.samples import deribit
from tests.riskcore.margin.samples.sample import Sample

SAMPLES: Mapping[str, Sample] = {
    f"house/{model}": Sample("deribit", deribit.priced, deribit.UNITS, deribit.BALANCES)
    for model in ("scenario", "historical")
}
