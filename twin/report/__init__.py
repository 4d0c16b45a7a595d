"""What a person reads of a run: the table on the terminal and the pictures."""
