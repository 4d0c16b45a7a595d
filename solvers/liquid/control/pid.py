"""A sampled PID controller with its actuator, in velocity form.

    u_k = u_(k-1) + K [ e_k - e_(k-1) + h/Ti e_k - Td/h (y_k - 2 y_(k-1) + y_(k-2)) ],   e = target - measured

The increment is held to what the actuator can move in one sample, the position to its travel. As the sum
starts from the true position, nothing winds up at a stop: the actuator leaves it as soon as the increment
turns, at the latest when the error changes its sign.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require, require_range
from solvers.liquid.control.kernels import MEMORY, POSITION, pid_step

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pid:
    """One controller and its actuator.

    gain             actuator share per unit of the measured value; negative where more actuator lowers it
    integral_time    Ti [s]; inf: no integral part
    derivative_time  Td [s]
    dead_band        errors up to it count as none, larger ones by what exceeds it [unit of the measurement]
    low, high        travel of the actuator [-]
    stroke           time from one end of 0..1 to the other [s]; 0: at once
    """

    name: str
    gain: float
    integral_time: float
    derivative_time: float = 0.0
    dead_band: float = 0.0
    low: float = 0.0
    high: float = 1.0
    stroke: float = 0.0

    def __post_init__(self) -> None:
        of = f"of controller {self.name}"
        require(np.isfinite(self.gain) and self.gain != 0.0, f"gain {of} = {self.gain:g}: not 0, finite")
        require(self.integral_time > 0.0, f"integral time {of} = {self.integral_time:g} s: must be positive")
        require(
            0.0 <= self.derivative_time < np.inf,
            f"derivative time {of} = {self.derivative_time:g} s: must not be negative",
        )
        require(0.0 <= self.dead_band < np.inf, f"dead band {of} = {self.dead_band:g}: must not be negative")
        require_range(f"lower end of travel {of}", self.low, 0.0, 1.0, "-")
        require_range(f"upper end of travel {of}", self.high, self.low, 1.0, "-")
        require(0.0 <= self.stroke < np.inf, f"stroke time {of} = {self.stroke:g} s: must not be negative")

    def row(self) -> Array:
        """The tuning as the kernel reads it, (7,)."""
        speed = 1.0 / self.stroke if self.stroke > 0.0 else np.inf
        return np.array(
            [
                self.gain, self.integral_time, self.derivative_time, self.dead_band,
                self.low, self.high, speed,
            ]
        )  # fmt: skip


def at_rest(position: float) -> Array:
    """Memory of a controller that has not sampled yet, its actuator at `position` [-]; (4,)."""
    memory = np.full(MEMORY, np.nan)
    memory[POSITION] = position
    return memory


def sample(pid: Pid, memory: Array, *, target: float, measured: float, step: float) -> float:
    """One sample of `step` seconds: updates `memory` (4,) and returns the actuator's position [-].

    Raises InputError for a step that is not positive, or for a target or measurement that is no number.
    """
    require(step > 0.0, f"sampling step of controller {pid.name} = {step:g} s: must be positive")
    require(
        bool(np.isfinite(target) and np.isfinite(measured)),
        f"controller {pid.name}: target {target:g} or measured value {measured:g} is not a number",
    )
    return float(pid_step(pid.row()[None, :], 0, memory[None, :], 0, target, measured, step))
