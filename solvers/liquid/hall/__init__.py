"""The closed loop of a hall: planned from its pipe runs, solved, audited, lumped."""
