"""The district network of a run: where it lies, whom it serves, what feeds it; GeoJSON in."""
