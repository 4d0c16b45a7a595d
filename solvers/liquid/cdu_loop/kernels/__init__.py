"""Compiled parts of the CDU loop."""
