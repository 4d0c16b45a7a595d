"""`twin sweep`: many configurations, each point in a process of its own, gathered into one dataset."""
