"""Controllers of the coolant loop: PID for transients, set points for transients and for the year."""
