"""District heating networks: hourly demand and temperatures."""
