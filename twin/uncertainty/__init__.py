"""Uncertain inputs: how they are drawn, and what their spread does to the results of a run."""
