"""Linear solvers: geometric multigrid and conjugate gradients on rectilinear grids."""
