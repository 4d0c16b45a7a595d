"""What pictures are made from: the right kind, racks and cells of a run, and the hot spot found by hand."""

from __future__ import annotations

import numpy as np
import pytest
from viz_samples import sample_hall, sample_hall_group

from geometry.errors import InputError
from geometry.hall import Hall
from viz.fields import HallView, find_hot_spot, layer, read_hall_field


def test_field_of_a_kind_has_its_own_racks_and_no_air_in_solids():
    hall = sample_hall(2, 3)
    data, grid = sample_hall_group(hall, kinds=2)
    data["rack_inlet_max"][:] = 300.0 + np.arange(12)
    field = read_hall_field(HallView(hall=hall, data=data, kind=1))
    assert field.temperature.shape == grid.shape
    assert field.inlet_max.tolist() == [306.0, 307.0, 308.0, 309.0, 310.0, 311.0]
    k, j, i = (
        layer(face, at)
        for face, at in zip(
            (grid.z_face, grid.y_face, grid.x_face), reversed(hall.racks[0].box.centre), strict=True
        )
    )
    assert np.isnan(field.temperature[k, j, i])
    assert not np.isnan(field.temperature[0, 0, 0])


def test_field_says_what_is_wrong():
    hall = sample_hall(2, 3)
    data, _ = sample_hall_group(hall)
    with pytest.raises(InputError, match="kind = 1: the run holds 1"):
        read_hall_field(HallView(hall=hall, data=data, kind=1))
    with pytest.raises(InputError, match="no 'air_temperature'"):
        read_hall_field(HallView(hall=hall, data=data.drop_vars("air_temperature")))
    with pytest.raises(InputError, match="has 4 populated racks, the run 6"):
        read_hall_field(HallView(hall=sample_hall(2, 3, blanked=2), data=data))


def test_hot_spot_is_the_hottest_air_before_a_rack_not_behind_it():
    hall = sample_hall(2, 3)
    data, grid = sample_hall_group(hall)
    data["air_temperature"][:] = 297.0
    rack = hall.racks[1]  # A02, front towards low y, at y = 1.2 m
    assert rack.name == "A02"
    k, i = layer(grid.z_face, 1.5), layer(grid.x_face, rack.box.centre[0])
    before = int(np.searchsorted(grid.y_face, rack.box.y0 - 1e-6)) - 1
    data["air_temperature"][0, k, before, i] = 305.0
    hot_aisle = layer(grid.y_face, rack.box.y1 + 0.5)
    data["air_temperature"][0, k, hot_aisle, i] = 320.0
    spot = find_hot_spot(read_hall_field(HallView(hall=hall, data=data)))
    assert (spot.rack, spot.temperature) == ("A02", 305.0)
    assert rack.box.x0 < spot.x < rack.box.x1
    assert spot.y == pytest.approx(grid.y[before])
    assert spot.z == pytest.approx(grid.z[k])


def test_hot_spot_of_the_opposite_row_lies_on_its_own_front():
    """Row B faces high y: the cells before it start where its box ends."""
    hall = sample_hall(2, 3)
    data, grid = sample_hall_group(hall)
    data["air_temperature"][:] = 297.0
    rack = next(rack for rack in hall.racks if rack.name == "B03")
    j = layer(grid.y_face, rack.box.y1 + 1e-6)
    data["air_temperature"][0, 1, j, layer(grid.x_face, rack.box.centre[0])] = 301.0
    spot = find_hot_spot(read_hall_field(HallView(hall=hall, data=data)))
    assert spot.rack == "B03"
    assert spot.y > rack.box.y1


def test_hot_spot_of_a_hall_without_racks_is_its_hottest_air():
    hall = sample_hall(2, 3)
    data, _ = sample_hall_group(hall)
    empty = Hall(name="empty", room=hall.room, racks=())
    data = data.isel(rack=slice(0, 0))
    spot = find_hot_spot(read_hall_field(HallView(hall=empty, data=data)))
    assert spot.rack == ""
    assert spot.temperature == pytest.approx(float(data["air_temperature"].where(data["solid"] == 0).max()))


def test_layer_clips_to_the_grid():
    face = np.array([0.0, 1.0, 3.0])
    assert [layer(face, at) for at in (-1.0, 0.5, 1.0, 2.9, 9.0)] == [0, 0, 1, 1, 1]
