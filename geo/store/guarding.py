"""Keep text of a source from being run as a formula by a spreadsheet that opens a CSV."""

from typing import Final

_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")


def harmless(value: object) -> object:
    """Give text that a spreadsheet would take for a formula a leading apostrophe; keep the rest."""
    is_formula = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if is_formula else value


def cell(value: object) -> object:
    """Give a value as a CSV holds it: empty for None, floats in their shortest exact form."""
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else value
