"""Where things are: halls, their grids and their pipe runs, in metres."""
