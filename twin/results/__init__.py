"""What a run leaves: the groups of run.nc and the sections of summary.json, part by part."""
