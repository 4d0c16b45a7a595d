"""Compiled kernels of the air solver. All work on the padded lattice of solvers.air.lattice."""
