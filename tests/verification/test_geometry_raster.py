"""A hall on its grid: areas and volumes are conserved, symmetry survives, faces close where they must."""

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from geometry.gridding import make_grid
from geometry.hall import Box, Hall, Obstruction, Opening, OpeningKind, Panel, Rack, Side
from geometry.layout import Containment, HallLayout, SupplyKind, generate_hall
from geometry.rasterise import rasterise
from geometry.reach import regions


def box(x, y, z):
    return Box(x0=x[0], x1=x[1], y0=y[0], y1=y[1], z0=z[0], z1=z[1])


HALLS = {
    "tiles, hot aisle": HallLayout(rows=2, racks_per_row=3, supply=SupplyKind.TILES, cold_aisle=1.37),
    "tiles, cold aisle": HallLayout(
        rows=3, racks_per_row=3, supply=SupplyKind.TILES, containment=Containment.COLD_AISLE, cdu_height=1.9
    ),
    "fan walls, open": HallLayout(
        rows=2,
        racks_per_row=3,
        rack_width=0.713,
        fan_walls=2,
        fan_wall_width=1.9,
        containment=Containment.NONE,
    ),
}


@pytest.mark.parametrize("layout", HALLS.values(), ids=HALLS)
@pytest.mark.parametrize("target", [0.25, 0.6])
def test_areas_and_volumes_are_conserved(layout, target):
    hall = generate_hall(layout, populated=layout.rows * 3 - 1, cdus_per_row=1)
    grid = make_grid(hall, target=target)
    raster = rasterise(hall, grid)
    assert grid.volume.sum() == pytest.approx(hall.room.volume, rel=1e-12)
    solid = sum(rack.box.volume for rack in hall.racks) + sum(cdu.box.volume for cdu in hall.cdus)
    assert grid.volume[raster.solid].sum() == pytest.approx(solid, rel=1e-12)
    for rack in hall.populated:
        for end in ("front", "rear"):
            area = rack.box.face_area(rack.front)
            assert raster.ports[f"{rack.name}.{end}"].total_area == pytest.approx(area, rel=1e-12)
    for opening in hall.openings:
        area = np.prod([size for size in opening.box.size if size > 0.0])
        assert raster.ports[opening.name].total_area == pytest.approx(area, rel=1e-12)
    assert len(raster.ports) == 2 * len(hall.populated) + len(hall.openings)


@pytest.mark.parametrize("leakage", [0.0, 0.02])
def test_a_symmetric_hall_has_a_symmetric_raster(leakage):
    layout = HallLayout(
        rows=4,
        racks_per_row=2,
        fan_walls=2,
        fan_wall_width=1.9,
        containment_leakage=leakage,
        side_clearance=1.7,
    )
    hall = generate_hall(layout, cdus_per_row=1)
    grid = make_grid(hall, target=0.35)
    np.testing.assert_allclose(grid.dy, grid.dy[::-1], rtol=1e-9)
    raster = rasterise(hall, grid)
    for field in (raster.solid, raster.closed_x, raster.closed_y, raster.closed_z):
        np.testing.assert_array_equal(field, field[:, ::-1, :])
    for loss in (raster.loss_x, raster.loss_y, raster.loss_z):
        np.testing.assert_allclose(loss, loss[:, ::-1, :])
    low, high = raster.ports["A01.front"], raster.ports["D01.front"]
    assert (low.inward, high.inward) == (-1, +1)
    np.testing.assert_array_equal(low.j, grid.y.size - high.j)


def test_ports_face_the_air():
    """The cell behind every port face is air, the other side is solid or outside."""
    hall = generate_hall(HallLayout(rows=2, racks_per_row=2, supply=SupplyKind.TILES))
    raster = rasterise(hall, make_grid(hall, target=0.4))
    for port in raster.ports.values():
        assert not raster.solid[port.cells].any()
        closed = (raster.closed_x, raster.closed_y, raster.closed_z)[port.axis]
        assert closed[port.k, port.j, port.i].all()
    front, rear = raster.ports["A01.front"], raster.ports["A01.rear"]
    assert (front.axis, front.inward, rear.inward) == (1, -1, +1)
    assert (raster.ports["tile-A-01"].axis, raster.ports["tile-A-01"].inward) == (2, +1)
    assert raster.ports["grille-1"].inward == -1


def test_an_airtight_hot_aisle_is_a_region_of_its_own_and_a_leaky_one_is_not():
    for leakage, count in ((0.0, 2), (0.02, 1)):
        hall = generate_hall(HallLayout(rows=2, racks_per_row=2, fan_walls=1, containment_leakage=leakage))
        raster = rasterise(hall, make_grid(hall, target=0.6))
        assert regions(raster).count == count
        assert regions(raster, leaks=False).count == 2
        # the volume of the hot aisle: 1.2 m wide, two racks long, up to the ceiling
        where = regions(raster, leaks=False)
        hot = where.label == where.label[raster.ports["grille-1"].cells][0]
        assert raster.grid.volume[hot].sum() == pytest.approx(1.2 * 1.2 * 4.5, rel=1e-12)


def test_solids_panels_and_the_envelope_close_faces():
    room = box((0, 3), (0, 3), (0, 3))
    column = Obstruction(name="column", box=box((1, 2), (1, 2), (0, 2)))
    panel = Panel(name="panel", box=box((0, 1), (2, 2), (0, 3)))
    hall = Hall(name="h", room=room, racks=(), obstructions=(column,), panels=(panel,))
    raster = rasterise(hall, make_grid(hall, target=1.0))
    assert raster.solid.sum() == 2
    assert raster.closed_x[:, :, [0, -1]].all()
    inner = raster.closed_x[:, :, 1:-1]
    assert inner.sum() == 4  # two sides of two solid cells
    assert raster.closed_y[:, 2, 0].all()  # the panel
    assert raster.closed_y[:, 1:-1, :].sum() == 4 + 3
    assert raster.closed_z[1, 1, 1]  # between the two solid cells
    assert raster.closed_z[2, 1, 1]  # their top
    assert raster.closed_z[1:-1].sum() == 2


def test_losses_of_a_perforated_panel_and_of_a_porous_part():
    room = box((0, 3), (0, 3), (0, 3))
    panel = Panel(name="sheet", box=box((1, 1), (0, 3), (0, 3)), loss=12.0)
    basket = Obstruction(name="basket", box=box((0, 3), (0, 3), (2, 3)), loss_per_m=4.0)
    hall = Hall(name="h", room=room, racks=(), obstructions=(basket,), panels=(panel,))
    raster = rasterise(hall, make_grid(hall, target=0.5))
    assert not raster.solid.any()
    # z = 0.25 .. outside the basket: the sheet alone; inside: 4 per metre over 0.5 m between centres
    np.testing.assert_allclose(raster.loss_x[0, 0], [0, 0, 12, 0, 0, 0, 0], atol=1e-12)
    np.testing.assert_allclose(raster.loss_x[5, 0], [1, 2, 14, 2, 2, 2, 1], atol=1e-12)
    # upwards: half a cell at the basket's lower face, then whole ones; the sum over the path is 4 x 1 m
    np.testing.assert_allclose(raster.loss_z[:, 0, 0], [0, 0, 0, 0, 1, 2, 1], atol=1e-12)
    assert not raster.closed_x[:, :, 1:-1].any()


def test_the_path_through_a_porous_part_adds_up_on_a_graded_grid():
    room = box((0, 3), (0, 1), (0, 1))
    parts = (
        Obstruction(name="filter", box=box((0.7, 1.9), (0, 1), (0, 1)), loss_per_m=10.0),
        Obstruction(name="post", box=box((2.4, 2.45), (0, 0.5), (0, 0.5))),
    )
    hall = Hall(name="h", room=room, racks=(), obstructions=parts)
    raster = rasterise(hall, make_grid(hall, target=0.25))
    assert raster.loss_x[-1, -1, :].sum() == pytest.approx(12.0, rel=1e-12)


RACK = Rack(name="A01", row="A", position=0, box=box((1, 2), (1, 2), (0, 2)), front=Side.Y_LO)
ROOM = box((0, 3), (0, 3), (0, 3))


def test_a_half_hidden_front_keeps_its_open_faces():
    cabinet = Obstruction(name="cabinet", box=box((1, 2), (0, 1), (0, 1)))
    hall = Hall(name="h", room=ROOM, racks=(RACK,), obstructions=(cabinet,))
    raster = rasterise(hall, make_grid(hall, target=0.5))
    assert raster.ports["A01.front"].total_area == pytest.approx(1.0)
    assert raster.ports["A01.rear"].total_area == pytest.approx(2.0)


def test_an_opening_in_the_face_of_a_solid_blows_away_from_it():
    unit = Obstruction(name="unit", box=box((1, 2), (1, 2), (0, 2)))
    for x, inward in ((1, -1), (2, +1)):
        vent = Opening(name="vent", kind=OpeningKind.FAN_WALL, box=box((x, x), (1, 2), (0, 2)))
        hall = Hall(name="h", room=ROOM, racks=(), obstructions=(unit,), openings=(vent,))
        port = rasterise(hall, make_grid(hall, target=0.5)).ports["vent"]
        assert (port.axis, port.inward, port.total_area) == (0, inward, pytest.approx(2.0))


@pytest.mark.parametrize(
    ("hall", "words"),
    [
        (
            Hall(name="h", room=ROOM, racks=(replace(RACK, box=box((1, 2), (0, 1), (0, 2))),)),
            "front of rack A01",
        ),
        (
            Hall(
                name="h",
                room=ROOM,
                racks=(RACK,),
                openings=(Opening(name="o", kind=OpeningKind.TILE, box=box((1, 2), (1, 2), (0, 0))),),
            ),
            "opening o: covered",
        ),
        (
            Hall(
                name="h",
                room=ROOM,
                racks=(),
                openings=(Opening(name="o", kind=OpeningKind.TILE, box=box((1, 2), (1, 2), (1, 1))),),
            ),
            "position of opening o along z = 1 m",
        ),
        (
            Hall(name="h", room=ROOM, racks=(), panels=(Panel(name="p", box=box((1, 2), (1, 2), (1, 2))),)),
            "extents of panel p = 1 x 1 x 1 m: 0 of them are zero",
        ),
        (
            Hall(
                name="h",
                room=ROOM,
                racks=(),
                obstructions=(Obstruction(name="sheet", box=box((1, 1.01), (0, 1), (0, 1))),),
            ),
            "extent of sheet along x = 0.01 m",
        ),
        (
            Hall(name="h", room=ROOM, racks=(replace(RACK, box=box((4, 5), (1, 2), (0, 2))),)),
            "within the room (0..3 m)",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(hall, words):
    with pytest.raises(InputError) as caught:
        rasterise(hall, make_grid(hall, target=0.5))
    assert words in str(caught.value)
