"""The peer: a hall's air as a case of OpenFOAM 1912, run and read when it is installed."""
