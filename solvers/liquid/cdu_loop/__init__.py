"""One CDU with its racks through time, alone or in thousands of variants at once."""
