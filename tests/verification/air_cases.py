"""The boxes of air that `twin verify` is made of, under the name the tests know."""

from twin.verification.air_boxes import ALL, raster_of, stretched, uniform_grid

__all__ = ["ALL", "raster_of", "stretched", "uniform_grid"]
