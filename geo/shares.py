"""Write changes of shares so that the parts which are shown add up to the total which is shown."""

from collections.abc import Sequence
from fractions import Fraction


def permille(part: int, whole: int) -> int:
    """Give part of whole in thousandths, half up; 1000 only for all of it, 0 only for none of it.

    As the pages write shares. `whole` is above 0.
    """
    rounded = (part * 2000 + whole) // (2 * whole)
    if part < whole and rounded >= 1000:
        return 999
    if part > 0 and rounded <= 0:
        return 1
    return rounded


def half_up(value: Fraction) -> int:
    """Round to a whole number, halves up, as a browser's Math.round does."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def shown_parts(parts: Sequence[Fraction], total: int) -> list[int]:
    """Round parts to whole numbers that sum to a total, by largest remainder.

    Every part is rounded down; what is then missing goes, one each, to the largest remainders, the
    first of equals first. Parts of exactly 0 stay 0 unless there is no other.

    Parameters
    ----------
    parts
        Of either sign; their exact sum is near `total`.
    total
        What is shown as the sum. It may differ from the exact sum by its own rounding.

    Returns
    -------
    One whole number a part; no parts: none, whatever the total.
    """
    if not parts:
        return []
    moving = [at for at, part in enumerate(parts) if part != 0] or list(range(len(parts)))
    shown = [part.numerator // part.denominator for part in parts]
    order = sorted(moving, key=lambda at: (shown[at] - parts[at], at))
    missing = total - sum(shown)
    each, rest = divmod(missing, len(order))
    for rank, at in enumerate(order):
        shown[at] += each + (1 if rank < rest else 0)
    return shown
