"""Caloporteur: a thermal and liquid-cooling digital twin of AI data centres, from the GPU to the city."""

__version__ = "0.1.0"
