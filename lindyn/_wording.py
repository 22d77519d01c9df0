"""How numbers are written for readers; the front end (static/numbers.js) has the same rule."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

_THREE_DIGITS = Context(prec=3, rounding=ROUND_HALF_UP)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(x: float) -> str:
    r"""Write ``x`` with three significant digits.

    A power of ten is used only where zeros would be miscounted.

    Parameters
    ----------
    x
        Any float, infinite or undefined ones too.

    Returns
    -------
    str
        The text a reader sees.

    Examples
    --------
    >>> format_number(0.12345), format_number(1234.5), format_number(-2.5e-7)
    ('0.123', '1230', '−2.5\xa0×\xa010⁻⁷')
    """
    if math.isnan(x):
        return "undefined"
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    if x == 0:
        return "0"
    rounded = _THREE_DIGITS.create_decimal(Decimal(float(x)))
    exponent = rounded.adjusted()
    if -3 <= exponent < 5:
        return _plain(rounded)
    mantissa = rounded.scaleb(-exponent)
    return f"{_plain(mantissa)}\u00a0×\u00a010{str(exponent).translate(_SUPERSCRIPTS)}"


def _plain(number: Decimal) -> str:
    """Positional digits without trailing zeros, with a true minus sign."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")
