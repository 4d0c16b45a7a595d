"""The air of one hall: solved with its coils' water, on several grids, and read as engineers read it."""
