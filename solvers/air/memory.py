"""How much memory a hall's air takes."""

BYTES_PER_CELL = (
    400.0  # of fields, multigrid and tracers together, at the peak of a run; measured, rounded up
)
