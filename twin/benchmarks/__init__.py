"""Timed cases, ours beside other programs on the same machine: what `twin bench` runs."""
