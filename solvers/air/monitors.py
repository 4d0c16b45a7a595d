"""Watching a steady run: histories of the monitored quantities and the windows that decide when to stop.

A single small step proves nothing: slow waves cross any threshold in passing. So a run is settled only when
over a window, the last fifth of the work, the mean of every rack's inlet temperature has stopped drifting and
the balance of heat holds. If the inlets meanwhile wander about settled means and do not calm down, the flow
itself is unsteady, and the means over the window are the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from geometry.grid import Array
from solvers.air.audit import HeatBalance
from solvers.air.problem import AirControls, AirStatus

SHORTEST_WINDOW = 30  # iterations
# of a run that starts near its answer; limits shrink with it, so that all racks together may not drift at a
# higher rate. One that wanders moves its means by the root of their length: it may do that
WARM_WINDOW = 8
SHORTEST_UNSTEADY_WINDOW = 100  # iterations
CHANCE = 0.35  # largest drift of half-window means over the peak-to-peak range
WANDERING_ENERGY = 10.0  # the mean of a wandering balance settles slowly; the answer's own balance is exact
CALMING = 0.7  # a wander that falls by more than this between half windows is still dying out


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window of iterations.

    drift   worst change of a rack's mean inlet from the first half of the window to the second [K]
    mean_drift  the same, root mean square over the racks [K]
    motion  relative change of the mean kinetic energy between the halves [-]
    wander  worst peak-to-peak range of a rack's mean inlet in the second half [K]; `before` in the first
    energy  |mean heat in - mean heat out| / heat in [-]
    """

    size: int
    drift: float
    mean_drift: float
    motion: float
    wander: float
    before: float
    energy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Each rack's mean inlet over the window by which a run was judged; arrays (n_racks,) [K].

    drift  mean of the second half of the window less that of the first
    swing  peak-to-peak range
    """

    size: int  # iterations
    mean: Array
    drift: Array
    swing: Array


def settling(inlets: Array, window: int) -> Settling:
    """Of the history `inlets` (n_iterations, n_racks) [K] over its last `window` (AirSolution.window)."""
    n = inlets.shape[0]
    size = min(n, window)
    recent, half = inlets[n - size :], size // 2
    first, second = recent[:half], recent[half:]
    return Settling(
        size=size,
        mean=recent.mean(axis=0),
        drift=second.mean(axis=0) - first.mean(axis=0) if half else np.zeros(inlets.shape[1]),
        swing=np.ptp(recent, axis=0),
    )


@dataclass(slots=True, kw_only=True)
class Monitor:
    """Histories, one entry an iteration.

    shortest  window by which a run may be called converged [iterations]
    """

    shortest: int = SHORTEST_WINDOW
    inlets: list[Array] = field(default_factory=list)  # mean inlet of each rack, above the reference [K]
    faces: list[Array] = field(default_factory=list)  # the same of each intake face
    balances: list[HeatBalance] = field(default_factory=list)
    mass: list[float] = field(default_factory=list)
    energy: list[float] = field(default_factory=list)  # kinetic, over density [m5/s2]
    drift: list[float] = field(default_factory=list)

    def record(
        self,
        inlets: Array,
        faces: Array,
        balance: HeatBalance,
        mass: float,
        kinetic_energy: float,
    ) -> None:
        self.inlets.append(inlets)
        self.faces.append(faces.astype(np.float32))
        self.balances.append(balance)
        self.mass.append(mass)
        self.energy.append(kinetic_energy)
        self.drift.append(self.window(self.shortest).drift)

    def unsteady_window(self) -> Window:
        """Means of wandering inlets need more iterations: the last two fifths."""
        return self.window(max(SHORTEST_UNSTEADY_WINDOW, 2 * len(self.inlets) // 5))

    def window(self, shortest: int) -> Window:
        """The last fifth of the work so far, but no less than `shortest` iterations."""
        n = len(self.inlets)
        size = max(shortest, n // 5)
        if n < size:
            return Window(
                size=n,
                drift=np.inf,
                mean_drift=np.inf,
                motion=np.inf,
                wander=np.inf,
                before=np.inf,
                energy=np.inf,
            )
        recent = np.array(self.inlets[n - size :])
        half = size // 2
        first, second = recent[:half], recent[half:]
        change = second.mean(axis=0) - first.mean(axis=0)
        balances = self.balances[n - size :]
        motion = np.array(self.energy[n - size :])
        early, late = float(motion[:half].mean()), float(motion[half:].mean())
        error = np.mean([b.error for b in balances]) / np.mean([b.scale for b in balances])
        return Window(
            size=size,
            drift=float(np.abs(change).max(initial=0.0)),
            mean_drift=float(np.sqrt(np.square(change).mean())) if change.size else 0.0,
            motion=abs(early - late) / max(early, late, 1e-30),
            wander=float(np.ptp(second, axis=0).max(initial=0.0)),
            before=float(np.ptp(first, axis=0).max(initial=0.0)),
            energy=abs(float(error)),
        )

    def window_of(self, status: AirStatus) -> int:
        """Iterations whose means `status` rests on."""
        window = self.unsteady_window() if status is AirStatus.UNSTEADY else self.window(self.shortest)
        return window.size

    def judge(self, controls: AirControls) -> AirStatus:
        """What the run has come to."""
        window = self.window(self.shortest)
        share = min(1.0, window.size / SHORTEST_WINDOW)
        own = np.sqrt(share) * controls.temperature_tolerance
        if (
            window.drift < own
            and window.mean_drift < share * controls.temperature_tolerance
            and window.motion < share * controls.flow_tolerance
            and max(window.wander, window.before) < 2.0 * own
            and window.energy < controls.energy_tolerance
        ):
            return AirStatus.CONVERGED
        window = self.unsteady_window()
        # half-window means of a stationary wander differ a little by chance: the few racks that wander most
        # are measured against their own wander, all of them together against the tolerance
        if (
            window.drift < max(controls.temperature_tolerance, CHANCE * window.wander)
            and window.mean_drift < controls.temperature_tolerance
            and window.motion < controls.flow_tolerance
            and window.wander > CALMING * window.before
            and window.energy < WANDERING_ENERGY * controls.energy_tolerance
        ):
            return AirStatus.UNSTEADY
        return AirStatus.NOT_CONVERGED

    def mean_faces(self, size: int) -> Array:
        """Temperatures of the intake faces, averaged over the last `size` iterations."""
        return np.mean(np.array(self.faces[-size:], dtype=np.float64), axis=0)

    def history(self, reference: float, racks: int) -> dict[str, Array]:
        """What AirSolution.history holds: temperatures count from `reference` [K], racks come first."""
        inlets = np.array(self.inlets, dtype=np.float64).reshape(len(self.inlets), -1)
        return {
            "inlets": inlets[:, :racks] + reference,
            "kinetic_energy": np.array(self.energy),
            "iteration": np.arange(1.0, len(self.balances) + 1.0),
            "inlet_drift": np.array(self.drift),
            "air_energy": np.array([b.closure for b in self.balances]),
            "air_mass": np.array(self.mass),
        }
