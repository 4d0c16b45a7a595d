"""Heat carried by a network at given flows."""
