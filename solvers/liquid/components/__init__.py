"""Cooling components, one small file each, with the source of its figures."""
