"""How a warm solve grows with the network: random two-pipe networks of 1,000 to 100,000 pipes.

    python tests/benchmarks/network_growth.py [consumers ...] [picture.png]

Every load is drawn anew within 20 % before each solve. Prints pipes, entries of the factor L, processor time
of a solve (the fastest of three batches), iterations, and the exponent p of the time of an iteration over
n log n: at or below 1 it grows no faster. Building from records and ordering are told apart.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from twin.benchmarks.liquid_networks import warm_seconds
from twin.benchmarks.two_pipe import loads, random_two_pipe, two_pipe_network

CONSUMERS = (475, 1500, 4750, 15000, 47500)  # of 1,000 to 100,000 pipes
SOLVES = 600_000  # over the number of pipes


def measure(consumers: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Pipes, and processor seconds of an iteration, of each size."""
    pipes, seconds = [], []
    warm_seconds(two_pipe_network(random_two_pipe(48)), loads(random_two_pipe(48), 6))  # compiles
    for number in consumers:
        case = random_two_pipe(number)
        begin = time.process_time()
        network = two_pipe_network(case)
        built = time.process_time() - begin
        each, iterations = warm_seconds(network, loads(case, max(6, SOLVES // case.pipes)))
        pipes.append(case.pipes)
        seconds.append(each / iterations)
        print(
            f"{case.pipes:8,d} pipes  {1e3 * each:8.2f} ms  {iterations:4.1f} iterations"
            f"  {1e9 * each / iterations / case.pipes:6.0f} ns a pipe and iteration  built in {built:6.2f} s",
            flush=True,
        )
    return np.array(pipes), np.array(seconds)


def draw(path: Path, pipes: np.ndarray, seconds: np.ndarray, power: float) -> None:
    """Time of an iteration against pipes on logarithmic axes, with n and n log n beside it."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5.0, 4.0), layout="constrained")
    axes.loglog(pipes, 1e3 * seconds, "o-", label=f"measured, (n log n)^{power:.2f}")
    for label, law, style in (("n", pipes, ":"), ("n log n", pipes * np.log(pipes), "--")):
        axes.loglog(pipes, 1e3 * seconds[0] * law / law[0], style, color="0.5", label=label)
    axes.set_xlabel("pipes")
    axes.set_ylabel("processor time of an iteration [ms]")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)


def main() -> None:
    pictures = [Path(a) for a in sys.argv[1:] if a.endswith(".png")]
    consumers = [int(a) for a in sys.argv[1:] if not a.endswith(".png")] or list(CONSUMERS)
    pipes, seconds = measure(consumers)
    size = np.log(pipes * np.log(pipes))
    power = float(np.polyfit(size, np.log(seconds), 1)[0])
    print("between neighbours: " + ", ".join(f"{p:.2f}" for p in np.diff(np.log(seconds)) / np.diff(size)))
    print(f"over all: (n log n)^{power:.2f}")
    for path in pictures:
        draw(path, pipes, seconds, power)


if __name__ == "__main__":
    main()
