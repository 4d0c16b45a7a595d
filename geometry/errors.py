"""The one error for bad input, and the one way to raise it.

A message names the quantity, the value, the unit, the allowed range, the element and a way out, so that
the reader can mend the input without reading the code.
"""


class InputError(ValueError):
    """What the user gave cannot be modelled; the program ends with exit status 2."""


def require(condition: bool, problem: str, *, hint: str = "") -> None:
    """Raise InputError with `problem` (and a way out) unless `condition` holds."""
    if not condition:
        raise InputError(f"{problem}\n  try: {hint}" if hint else problem)


def require_range(
    quantity: str,
    value: float,
    low: float,
    high: float,
    unit: str,
    *,
    element: str = "",
    hint: str = "",
) -> float:
    """Return `value` if low <= value <= high, else raise InputError naming all of it.

    A temperature in degrees Celsius that looks like kelvin gets the question people need.
    """
    if low <= value <= high:
        return value
    where = f" of {element}" if element else ""
    if unit in ("degC", "°C") and low <= value - 273.15 <= high:
        hint = f"did you mean kelvin? {value:g} K is {value - 273.15:.2f} degC"
    problem = f"{quantity}{where} = {value:g} {unit}: outside {low:g}..{high:g} {unit}"
    raise InputError(f"{problem}\n  try: {hint}" if hint else problem)
