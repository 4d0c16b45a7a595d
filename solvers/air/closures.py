"""Constants of the k-epsilon models. README.md gives their equations."""

from __future__ import annotations

from typing import NamedTuple

C_MU = 0.09  # of what is blown, and of the layer beside a wall
KAPPA = 0.41
ROUGHNESS = 9.8  # E of a smooth wall
# two-layer model (Chen and Patel, AIAA J. 26 (1988) 641-648)
DAMPING_VISCOSITY = 70.0
LAYER = 200.0  # Reynolds number of the distance to the wall where the layers meet
# blending of the layers' eddy viscosities over 20 % of it (Jongen 1992, PhD thesis, EPF Lausanne)
BLEND = 0.2 * LAYER / 2.2975599  # artanh(0.98)
# Yakhot et al. 1992
ETA_0 = 4.38
BETA = 0.012
# Yap 1987, PhD thesis, UMIST Manchester: gain, and length of eddies over the distance to a wall
YAP_GAIN = 0.83
YAP_LENGTH = 2.55
# far above any eddy of a hall: keeps a vanishing epsilon from freezing the iteration
LARGEST_RATIO = 1e5  # eddy over molecular viscosity
SMALLEST_K = 1e-12  # m2/s2

TWO_LAYER = 0
RNG = 1
LOW_REYNOLDS = 2
ISOTROPIC = 3  # epsilon is the isotropic part of the dissipation


class Closure(NamedTuple):
    """A k-epsilon model: its terms (one of the four kinds) and constants."""

    kind: int
    c_mu: float
    c_1: float
    c_2: float
    sigma_k: float
    sigma_epsilon: float

    @property
    def layered(self) -> bool:
        """Whether walls have two layers, of given lengths."""
        return self.kind in (TWO_LAYER, RNG)


# Launder and Spalding, Comput. Methods Appl. Mech. Eng. 3 (1974) 269-289
LAUNDER_SPALDING = Closure(TWO_LAYER, 0.09, 1.44, 1.92, 1.0, 1.3)
# Yakhot, Orszag, Thangam, Gatski and Speziale, Phys. Fluids A 4 (1992) 1510-1520
YAKHOT = Closure(RNG, 0.0845, 1.42, 1.68, 0.7194, 0.7194)
# Abe, Kondoh and Nagano, Int. J. Heat Mass Transfer 37 (1994) 139-151
ABE_KONDOH_NAGANO = Closure(LOW_REYNOLDS, 0.09, 1.5, 1.9, 1.4, 1.4)
# Jones and Launder, Int. J. Heat Mass Transfer 15 (1972) 301-314
JONES_LAUNDER = Closure(ISOTROPIC, 0.09, 1.55, 2.0, 1.0, 1.3)
