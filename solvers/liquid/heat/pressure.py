"""What pressure does to the temperature of a liquid along a pipe: friction warms it, compression too.

    m cp dT = m v dp_f + m T beta v dp        dp_f lost to friction, dp the change of pressure along the flow

(Bird, Stewart and Lightfoot 2007, eq. 11.2-5, along a pipe). Water at 70 degC: 0.024 K for a bar of friction,
0.005 K for a bar of compression. A hall's loop feels hundredths of a kelvin, a network in the hills tenths.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.fluids import Fluid, expansion
from solvers.friction import G
from solvers.liquid.hydraulics.network import Network

Array = NDArray[np.float64]


def pressure_heat(
    network: Network, fluid: Fluid, flow: Array, drop: Array, *, temperature: Array, density: Array
) -> Array:
    """Heat that friction and compression amount to in every branch (nb,) [W]; pipes only, others 0.

    flow, drop             (nb,) of the branches [kg/s], [Pa], as `solve_hydraulics` gives them
    temperature, density   (pipes,) [K], [kg/m3]

    To be given to `solve_heat` and `march` as `heat`. Where pumps give their power to the coolant at once, as
    in a hall's loop, friction must not be counted twice. Around a closed loop compression adds up to nothing
    but what the temperatures differ by.
    """
    m, lost = flow[network.pipe], drop[network.pipe]
    friction = lost - density * G * network.rise
    found = np.zeros(flow.size)
    found[network.pipe] = m / density * (friction - temperature * expansion(fluid, temperature) * lost)
    return found
