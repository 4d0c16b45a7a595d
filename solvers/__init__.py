"""Physics: pure functions and compiled kernels on arrays, SI units throughout."""
