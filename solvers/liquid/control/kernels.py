"""The compiled controller: rows of tunings and of memories, so that thousands of them step in one loop."""

from __future__ import annotations

import numpy as np

from solvers._jit import kernel

# columns of a tuning
GAIN, RESET, RATE_TIME, DEAD_BAND, LOW, HIGH, SPEED = range(7)
# columns of a memory
POSITION, ERROR, MEASURED, BEFORE = range(4)
MEMORY = 4


@kernel
def pid_step(tuning, i, memory, j, target, measured, step):
    """Move actuator j by one sample of controller i and return its position.

    tuning (n, 7), memory (m, 4); target and measured value in the unit of the tuning; step [s].
    The increment is that of Astrom and Hagglund 2006, Advanced PID Control, section 13.4: proportional and
    integral act on the error, the derivative on the measurement, so that a new target gives no kick.
    """
    error = target - measured
    band = tuning[i, DEAD_BAND]
    error = max(error - band, 0.0) + min(error + band, 0.0)
    if np.isnan(memory[j, ERROR]):  # first sample: nothing has changed yet
        memory[j, ERROR], memory[j, MEASURED], memory[j, BEFORE] = error, measured, measured
    bend = measured - 2.0 * memory[j, MEASURED] + memory[j, BEFORE]
    move = error - memory[j, ERROR] + step / tuning[i, RESET] * error - tuning[i, RATE_TIME] / step * bend
    most = tuning[i, SPEED] * step
    move = min(max(tuning[i, GAIN] * move, -most), most)
    # the sum starts from where the actuator really is: at a stop nothing winds up
    position = min(max(memory[j, POSITION] + move, tuning[i, LOW]), tuning[i, HIGH])
    memory[j, POSITION], memory[j, ERROR] = position, error
    memory[j, BEFORE], memory[j, MEASURED] = memory[j, MEASURED], measured
    return position
