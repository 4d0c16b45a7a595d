"""How the conductance of an exchanger follows the flows on its two sides: the one place of the law.

    UA_0 / UA = a (C_hot / C_hot,0)^-n + b (C_cold / C_cold,0)^-m + (1 - a - b) + UA_0 R_f

0 marks the rated point; a and b are the films' shares of the rated resistance, the wall has the rest, and
fouling adds R_f [K/W]. Source of the form: Wetter 1999, LBNL-42354 (plates) and LBNL-42355 (finned coils).
"""

from __future__ import annotations

from typing import Any

from solvers._jit import kernel

AT_REST = 1e-200  # capacity rate [W/K] that counts as zero: NTU = UA / C stays finite above it
TURBULENT = 0.8  # hA ~ flow^0.8 (Dittus and Boelter 1930, in Incropera et al. 2011, eq. 8.60)


@kernel
def film_resistance(share: Any, ratio: Any, exponent: Any) -> Any:
    """Resistance of a film over that of the rated exchanger [-]; flow over the rated one > 0."""
    return share * ratio**-exponent
