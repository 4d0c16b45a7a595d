"""Watching a steady run: histories of the monitored quantities and the windows that decide when to stop.

A single small step proves nothing: slow waves cross any threshold in passing. So a run is settled only when
over a window, the last fifth of the work, the mean of every rack's inlet temperature has stopped drifting and
the balances hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from geometry.grid import Array

SHORTEST_WINDOW = 20  # iterations


@dataclass(slots=True, kw_only=True)
class Monitor:
    """Histories, one entry an iteration."""

    inlets: list[Array] = field(default_factory=list)
    energy: list[float] = field(default_factory=list)
    mass: list[float] = field(default_factory=list)
    drift: list[float] = field(default_factory=list)

    def record(self, inlets: Array, energy: float, mass: float) -> None:
        self.inlets.append(inlets.copy())
        self.energy.append(energy)
        self.mass.append(mass)
        self.drift.append(self.window().drift)

    def window(self) -> Window:
        """The last fifth of the work so far."""
        n = len(self.inlets)
        size = max(SHORTEST_WINDOW, n // 5)
        if n < size:
            return Window(size=n, drift=np.inf, wander=np.inf, energy=np.inf, mass=np.inf)
        recent = np.array(self.inlets[n - size :])
        half = size // 2
        if recent.shape[1]:
            drift = float(np.abs(recent[half:].mean(axis=0) - recent[:half].mean(axis=0)).max())
            wander = float(np.ptp(recent, axis=0).max())
        else:
            drift = wander = 0.0
        return Window(
            size=size,
            drift=drift,
            wander=wander,
            energy=abs(float(np.mean(self.energy[n - size :]))),
            mass=float(np.max(self.mass[n - size :])),
        )

    def history(self) -> dict[str, Array]:
        return {
            "iteration": np.arange(1.0, len(self.energy) + 1.0),
            "inlet_drift": np.array(self.drift),
            "air_energy": np.abs(np.array(self.energy)),
            "air_mass": np.array(self.mass),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window of iterations: drift of the inlets' half-window means [K], their peak-to-peak range [K], mean
    energy imbalance and worst mass imbalance [-]."""

    size: int
    drift: float
    wander: float
    energy: float
    mass: float
