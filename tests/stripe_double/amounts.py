"""Currencies: which have no minor unit, the least that Stripe takes, and what it takes for itself."""

from decimal import ROUND_HALF_UP, Decimal

from tests.stripe_double.refusals import Refused

ZERO_DECIMAL = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf"}
ZERO_DECIMAL |= {"xof", "xpf"}
THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}
LEAST = {  # in minor units
    **{"usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250},
    **{"eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300},
    **{"nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000},
}
MOST = 99_999_999
SETTLED = ["eur", "usd", "gbp", "chf", "jpy", "sek"]  # the account has a bank for these; others become the first
RATES = {"eur": "1", "usd": "0.92", "gbp": "1.16", "chf": "1.04", "jpy": "0.0061", "sek": "0.087", "cad": "0.67"}
FEE_RATE, FEE_FIXED, DISPUTE_FEE = Decimal("0.029"), Decimal("0.30"), Decimal("20.00")  # in major units of EUR


def minor(currency: str) -> int:
    """Minor units in a major one."""
    return 1 if currency in ZERO_DECIMAL else 1000 if currency in THREE_DECIMAL else 100


def check(amount: int, currency: str, param: str) -> None:
    """Refuses what Stripe would not charge."""
    if amount > MOST:
        raise Refused(f"Amount must be no more than {spoken(MOST, currency)}", code="amount_too_large", param=param)
    least = LEAST.get(currency, 1)
    if amount < least:
        told = f"The Checkout Session's total amount must be at least {spoken(least, currency)}"
        raise Refused(f"{told}, and convert to at least 50 cents.", code="amount_too_small", param=param)
    if currency in THREE_DECIMAL and amount % 10:
        raise Refused("Amounts in three-decimal currencies must end in 0", param=param)


def known(currency: str, param: str) -> str:
    """The currency in lower case, if it is one."""
    lower = currency.lower()
    if lower not in LEAST.keys() | ZERO_DECIMAL | THREE_DECIMAL | RATES.keys():
        raise Refused(f"Invalid currency: {currency}", param=param)
    return lower


def spoken(amount: int, currency: str) -> str:
    units = minor(currency)
    if units == 1:
        return f"{amount} {currency.upper()}"
    return f"{Decimal(amount) / units:.{len(str(units)) - 1}f} {currency.upper()}"


def rounded(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_UP))


def settled(amount: int, currency: str) -> tuple[int, str, float | None]:
    """What arrives on the account: amount, currency and the rate, if it was changed."""
    if currency in SETTLED:
        return amount, currency, None
    home = SETTLED[0]
    rate = Decimal(RATES.get(currency, "0.5")) / Decimal(RATES[home])
    worth = Decimal(amount) / minor(currency) * rate * minor(home)
    return rounded(worth), home, float(rate)


def fee(amount: int, currency: str) -> int:
    """For a charge, in the currency in which it is settled."""
    return rounded(amount * FEE_RATE + FEE_FIXED / Decimal(RATES[currency]) * minor(currency))


def dispute_fee(currency: str) -> int:
    return rounded(DISPUTE_FEE / Decimal(RATES[currency]) * minor(currency))
