"""How a number is written: the one place that rounds.

Rounding is half away from zero on the exact value; a percentage of k out of n is taken from the integers, so 1 of 8
is 12.5 % and never 12.499 %. Marks: an en dash joins a range, `not reached` and `not estimable` stand for themselves.
The decimal sign and those words are of the language in force (`engager.terms.language`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from engager.results import AnalysisResult
from engager.terms.language import decimal, words

NOT_SHOWN = "\u2013"


def rounded(value: float | Fraction, decimals: int) -> str:
    """Return a number with a fixed count of decimals, half away from zero.

    Examples:
        >>> rounded(0.125 * 100, 0), rounded(-2.5, 0), rounded(Fraction(1, 8) * 100, 0), rounded(398.0, 0)
        ('13', '-3', '13', '398')
    """
    exact = Fraction(value) if isinstance(value, Fraction) else Fraction(Decimal(repr(float(value))))
    scaled = abs(exact) * 10**decimals
    whole = int(scaled + Fraction(1, 2))
    sign = "-" if exact < 0 and whole else ""
    digits = str(whole).rjust(decimals + 1, "0")
    return f"{sign}{digits}" if decimals == 0 else decimal(f"{sign}{digits[:-decimals]}.{digits[-decimals:]}")


def hundredfold(value: float) -> Fraction:
    """Return a fraction as percent, exactly: a product of floats may fall short of the half that it stands for.

    Examples:
        >>> rounded(hundredfold(0.2855), 1), rounded(0.2855 * 100, 1)
        ('28.6', '28.5')
    """
    return Fraction(Decimal(repr(float(value)))) * 100


def percent(k: int, n: int, decimals: int | None = None) -> str:
    """Return k of n in percent without the sign: no decimals from 10 %, one below, or as many as asked.

    Where nothing is asked, as many more as it takes to tell almost all from all, and hardly any from none.

    Examples:
        >>> percent(6, 9), percent(1, 23), percent(0, 9), percent(6, 9, 1), percent(776, 777)
        ('67', '4.3', '0', '66.7', '99.9')
    """
    share = Fraction(k, n) * 100
    if decimals is not None:
        return rounded(share, decimals)
    decimals = 0 if share >= 10 or share == 0 else 1
    while 0 < share < 100 and Fraction(rounded(share, decimals).replace(",", ".")) in (0, 100):
        decimals += 1
    return rounded(share, decimals)


def count_percent(result: AnalysisResult) -> str:
    """Return `6 (67)`, a count and its percentage, as tables print it; the count alone where nobody is counted."""
    if result.n is None or not result.N:
        return str(result.n or 0)
    return f"{result.n} ({percent(result.n, result.N)})"


def share(result: AnalysisResult) -> str:
    """Return `66.7 %` of a fraction, exact from its counts where it has them."""
    if result.estimate is None:
        return words().not_estimable
    if result.n is not None and result.N and abs(result.n / result.N - result.estimate) < 1e-12:
        return f"{percent(result.n, result.N, 1)} %"
    return f"{rounded(hundredfold(result.estimate), 1)} %"


def interval(result: AnalysisResult, unit: str | None = None) -> str:
    """Return `95 % CI 29.9\u201392.5`; a missing bound is `not reached`; empty where there is no interval."""
    if result.level is None or (result.lower is None and result.upper is None):
        return ""
    unit = result.unit if unit is None else unit
    low, high = (words().not_reached if bound is None else _bare(bound, unit) for bound in (result.lower, result.upper))
    return f"{_level(result.level)} {low}\u2013{high}"


def estimate(result: AnalysisResult) -> str:
    """Return the estimate with its unit: `398 d`, `66.7 %`, `6`; or why there is none."""
    if result.estimate is None:
        return result.text or _missing(result)
    if result.unit == "1":
        return share(result)
    if result.unit == "d":
        return f"{_bare(result.estimate, 'd')} {words().day if result.estimate == 1 else words().days}"
    suffix = f" {result.unit}" if result.unit and not result.unit.startswith("{") else ""
    return _bare(result.estimate, result.unit) + suffix


def estimate_interval(result: AnalysisResult) -> str:
    """Return an estimate with its interval in brackets behind it."""
    bounds = interval(result)
    return f"{estimate(result)} ({bounds})" if bounds else estimate(result)


def significant(value: float) -> str:
    """Return a number by its size: whole from 100 on, else with three significant digits, whole numbers as such.

    Examples:
        >>> significant(1256.92), significant(24.44), significant(2.44), significant(0.06249), significant(7.0)
        ('1257', '24.4', '2.44', '0.0625', '7')
    """
    if float(value).is_integer() or abs(value) >= 100:
        return rounded(value, 0)
    size = Decimal(repr(abs(float(value)))).adjusted()
    text = rounded(value, 2 - size)
    point = words().point
    return text.rstrip("0").rstrip(point) if point in text else text


def bounded_number(result: AnalysisResult) -> str:
    """Return an estimate by its size, or the bounds of one known as such: `<2.44`, `>10`, `30\u201332.5`.

    A fraction is told in percent, without the sign; a value of which nothing is known is a dash.

    Examples:
        >>> bounded_number(AnalysisResult(analysis="a", name="b", lower=0.0, upper=2.44))
        '<2.44'
        >>> bounded_number(AnalysisResult(analysis="a", name="b", estimate=0.205, unit="1"))
        '20.5'
    """

    def text(value: float) -> str:
        return significant(float(hundredfold(value)) if result.unit == "1" else value)

    if result.estimate is not None:
        return text(result.estimate)
    if result.upper is None:
        return "\u2013" if result.lower is None else f">{text(result.lower)}"
    if not result.lower:
        return f"<{text(result.upper)}"
    return f"{text(result.lower)}\u2013{text(result.upper)}"


def bounded_range(rows: Sequence[AnalysisResult]) -> str:
    """Return two numbers or bounds joined by an en dash, one of them where they read the same.

    Examples:
        >>> low = AnalysisResult(analysis="a", name="min", lower=0.0, upper=5.0)
        >>> bounded_range([low, AnalysisResult(analysis="a", name="max", estimate=150.0)]), bounded_range([low, low])
        ('<5\u2013150', '<5')
    """
    return "\u2013".join(dict.fromkeys(bounded_number(row) for row in rows))


def significant_interval(result: AnalysisResult) -> str:
    """Return an estimate with its interval, each by its size: for quantities that span several powers of ten.

    Examples:
        >>> row = AnalysisResult(analysis="a", name="b", estimate=0.0289, lower=0.0251, upper=0.493, level=0.95)
        >>> significant_interval(row)
        '0.0289 (95 % CI 0.0251\u20130.493)'
    """
    if result.estimate is None or result.level is None:
        return bounded_number(result)
    low, high = (words().not_reached if end is None else significant(end) for end in (result.lower, result.upper))
    return f"{significant(result.estimate)} ({_level(result.level)} {low}\u2013{high})"


def p_value(result: AnalysisResult) -> str:
    """Return `P = 0.034`, or `P < 0.001`; a dash where nothing was tested.

    Examples:
        >>> p_value(AnalysisResult(analysis="OS", name="log_rank", estimate=0.0341, unit="{p}"))
        'P = 0.034'
        >>> p_value(AnalysisResult(analysis="OS", name="log_rank", estimate=2e-7, unit="{p}"))
        'P < 0.001'
    """
    if result.estimate is None:
        return "\u2013"
    return decimal("P < 0.001") if result.estimate < 0.001 else f"P = {rounded(result.estimate, 3)}"


def patients_list(patients: tuple[str, ...]) -> str:
    """Return patients as printed lists write them, numbers in order and runs of three or more joined.

    Examples:
        >>> patients_list(("2", "1", "3", "7"))
        '1\u20133, 7'
        >>> patients_list(("B", "A"))
        'B, A'
        >>> patients_list(("02", "01"))
        '02, 01'
    """
    if not all(patient.isdecimal() and str(int(patient)) == patient for patient in patients):
        return ", ".join(patients)
    runs: list[list[int]] = []
    for number in sorted(int(patient) for patient in patients):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}\u2013{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _bare(value: float, unit: str | None) -> str:
    if unit == "1":
        return rounded(hundredfold(value), 1)
    if unit == "{ratio}":
        return rounded(value, 2)
    if float(value).is_integer():
        return rounded(value, 0)
    return rounded(value, 1)


def _level(level: float) -> str:
    """Return `95 % CI`, with a decimal only where the level has one."""
    return words().interval.format(level=significant(level * 100))


def _missing(result: AnalysisResult) -> str:
    reached = not (result.warning or "").startswith("not reached")
    return words().not_estimable if reached else words().not_reached
