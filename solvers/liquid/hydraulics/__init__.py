"""Pressures and flows of any network: records, flat arrays, laws, the global-gradient solver."""
