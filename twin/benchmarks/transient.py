"""hall-small in time, from its steady flow: simulated seconds a second."""

STEP = 0.055  # s: 0.96 of a cell a step on the 0.1 m grid
STEPS = 12
