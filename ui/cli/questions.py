"""Which accounts, models and parameters a command is about, and what the core answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from riskcore.analysis.comparison import Comparison, Standing, comparison
from riskcore.book import Parameters
from riskcore.errors import ParameterError, RiskcoreError
from riskcore.holdings import Account
from riskcore.margin.model import MarginModel
from riskcore.margin.registry import Library
from riskcore.market import MarketSnapshot
from riskcore.query import Report, query
from riskcore.report import report


@dataclass(frozen=True, slots=True)
class Questions:
    """Accounts, the models they are asked under, and which parameters hold.

    models        names; empty means each account's own
    parameters    model -> underlying -> key -> value that replaces the published one
    as_of         whose parameters hold; None means those of the market's instant
    """

    library: Library
    accounts: tuple[Account, ...]
    models: tuple[str, ...] = ()
    parameters: Parameters = field(default_factory=dict)
    as_of: datetime | None = None

    def __post_init__(self) -> None:
        for name in self.parameters:  # without any, no other venue need be known
            known = self.library.names()
            if name not in known:
                raise ParameterError(
                    f"parameters.{name}: no margin model has this name; there are "
                    f"{', '.join(known)}"
                )
        if not self.accounts:
            raise ParameterError("accounts: the book has none, so there is nothing to compute")

    @property
    def names(self) -> Mapping[str, str]:
        """How each account is called, by its key."""
        return {account.key: account.name for account in self.accounts}

    def of(self, account: Account) -> tuple[str, ...]:
        """The models an account is asked under."""
        return tuple(dict.fromkeys(self.models)) or (account.model,)

    def bound(self, model: str, market: MarketSnapshot) -> MarginModel:
        """A model with the parameters that hold for this market."""
        overrides = self.parameters.get(model)
        return self.library.bind(model, self.as_of or market.as_of, overrides)

    def answers(self, market: MarketSnapshot) -> tuple[Report, ...]:
        """A report for each account. Raises a Refusal, the account named in it."""
        return tuple(self.answer(account, market) for account in self.accounts)

    def answer(self, account: Account, market: MarketSnapshot) -> Report:
        """The report of one account. Raises a Refusal, the account named in it."""
        try:
            bound = (self.bound(model, market) for model in self.of(account))
            return report(query(account, market, *bound))
        except RiskcoreError as error:
            raise type(error)(f"{account.name}: {error}") from None

    def compared(self, account: Account, market: MarketSnapshot) -> Comparison:
        """The requirement of an account under each model. Raises a Refusal without a price."""
        models, lost = [], []
        for name in self.of(account):
            try:
                models.append(self.bound(name, market))
            except RiskcoreError as error:
                lost.append(Standing(name, self.library.title(name), refusal=str(error)))
        try:
            return comparison(query(account, market, *models), lost)
        except RiskcoreError as error:
            raise type(error)(f"{account.name}: {error}") from None

    def possible(
        self, account: Account, market: MarketSnapshot
    ) -> tuple[Report | None, Mapping[str, str]]:
        """The report under every model that can hold the account, and why the others cannot."""
        found: list[Report] = []
        refused: dict[str, str] = {}
        for model in self.of(account):
            try:
                found.append(report(query(account, market, self.bound(model, market))))
            except RiskcoreError as error:
                refused[model] = str(error)
        if not found:
            return None, refused
        results = tuple(result for each in found for result in each.results)
        return replace(found[0], results=results), refused


def named(accounts: Sequence[Account], name: str, where: str) -> Account:
    """The account of this name, or of this key. Raises ParameterError."""
    for account in accounts:
        if account.name == name:
            return account
    for account in accounts:
        if account.key == name:
            return account
    there = ", ".join(repr(each.name) for each in accounts) or "none"
    raise ParameterError(f"{where} has no account {name!r}; there are: {there}")
