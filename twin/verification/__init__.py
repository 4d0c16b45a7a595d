"""Cases that hold the solvers against exact, measured and published figures: what `twin verify` runs."""
