"""How much memory a hall's air takes."""

# At the peak of a run: 550 to solve, 700 while air paths are traced by rows (tracemalloc, 309,582 cells,
# k-epsilon), and the raster.
BYTES_PER_CELL = 750.0
