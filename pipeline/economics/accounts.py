"""Whose a krone is, of what and of which class, and what each perspective counts of it."""

from dataclasses import dataclass
from typing import Literal, get_args

from pipeline.text import Text

Account = Literal["clinic", "region", "municipality", "patient", "society"]
ACCOUNTS: tuple[Account, ...] = get_args(Account)
# An account that pays or is paid; what only society counts is on no budget.
PARTIES = ACCOUNTS[:-1]
# Whose expenses taxes finance.
PUBLIC: tuple[Account, ...] = ("region", "municipality")
SOCIETY: Account = "society"
Side = Literal["with", "without"]
SIDES: tuple[Side, ...] = get_args(Side)
BenefitClass = Literal["cashable", "capacity_released", "quality"]
BENEFIT_CLASSES: tuple[BenefitClass, ...] = get_args(BenefitClass)
# What a krone is of. `tax`, `distortion` are what society adds; `production` is working time that is gained
# or lost.
Kind = Literal[
    "staff_time", "patient_time", "production", "transport", "patient_transport", "fee", "operation",
    "project", "risk", "climate", "tax", "distortion",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
MADE_KINDS: tuple[Kind, ...] = ("tax", "distortion")
PriceBasis = Literal["factor", "consumer"]
PRICE_BASES: tuple[PriceBasis, ...] = get_args(PriceBasis)


@dataclass(frozen=True)
class Perspective:
    """Who looks: the accounts and classes that count, and the kinds that do not, with the reason and its
    source.
    """

    name: str
    title: Text
    accounts: tuple[Account, ...]
    classes: tuple[BenefitClass, ...]
    excludes: tuple[Kind, ...]
    why: Text
    source: str

    def counts(self, account: str, benefit_class: str, kind: str) -> bool:
        """Whether a row counts here."""
        return kind not in self.excludes and account in self.accounts and benefit_class in self.classes

    def refuses(self, account: str, benefit_class: str, kind: str) -> Text | None:
        """Why a row does not count here; None when it does."""
        if self.counts(account, benefit_class, kind):
            return None
        if kind in self.excludes:
            return Text(f"{kind} indgår ikke: {self.why.da}", f"{kind} is not included: {self.why.en}")
        if account not in self.accounts:
            return Text(f"kontoen {account} indgår ikke", f"the account {account} is not included")
        return Text(f"{benefit_class} indgår ikke", f"{benefit_class} is not included")
