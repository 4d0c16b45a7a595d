"""`twin network FILE`: a network of pipes and devices written in YAML, solved by itself."""
