"""The cases of the part `air`: pressure solver, cavities, ducts, a step, turbulence, racks and a hall."""

from __future__ import annotations

from twin.verification import (
    cavities,
    coupled_coils,
    devices,
    ducts,
    invariance,
    manufactured,
    rooms,
    transients,
    turbulent,
)
from twin.verification.case import Case

CASES = (
    Case(
        name="Poisson",
        source="-div grad p = 14 pi^2 cos(pi x) cos(2 pi y) cos(3 pi z) between insulating walls: exact",
        why="second order less 0.1 for grids that are not yet asymptotic",
        run=cavities.poisson_order,
    ),
    Case(
        name="Kovasznay flow",
        source="Kovasznay 1948, Proc. Camb. Phil. Soc. 44, 58-62: exact, Re 40",
        why="second order less 0.1 with central differences, less 0.3 with the limited scheme",
        run=manufactured.kovasznay_order,
    ),
    Case(
        name="manufactured flow",
        source="sources that make a given buoyant flow with variable viscosity steady: exact",
        why="second order less 0.1 with central differences, less 0.3 with the limited scheme",
        run=manufactured.manufactured_order,
    ),
    Case(
        name="stratified box",
        source="conduction between a warm lid and a cold floor: a straight line, at rest",
        why="round-off of the pressure solver; the last change of the temperature solver",
        run=cavities.stratified_box,
    ),
    Case(
        name="symmetries",
        source="the same room turned, mirrored and with its devices in another order: no difference",
        why="the sweeps have a direction, so halls agree within the tolerance of the solver: 1e-5 K a window",
        run=invariance.symmetries,
    ),
    Case(
        name="even flow",
        source="K rho w^2 / 2 of screens, tiles and a porous block in an even stream: exact",
        why="round-off, of the pressure solver 1e-9",
        run=invariance.even_flow,
    ),
    Case(
        name="lid-driven cavity",
        source="Ghia, Ghia and Shin 1982, J. Comput. Phys. 48, 387-411, tables I and II",
        why="1 % of the lid's velocity over a profile, half of it for the bias: their grid of 129 x 129 is "
        "of "
        "that worth. v at Re 400, x = 0.9063 is a misprint and left out",
        run=cavities.lid_cavity,
    ),
    Case(
        name="heated cavity",
        source="Chebyshev solution, Pr 0.71; agrees with Le Quere 1991, Computers & Fluids 20, 29-41, and "
        "within "
        "0.7 % with de Vahl Davis 1983, Int. J. Numer. Methods Fluids 3, 249-264",
        why="discretisation at 80 x 80 (0.3 %) and at Ra 1e6 128 x 128 (0.5 %); quick tier: 32 x 32 (1 %)",
        run=cavities.heated_cavity,
    ),
    Case(
        name="heated cavity, order",
        source="the same solution at Ra 1e4",
        why="second order less 0.1",
        run=cavities.heated_cavity_order,
    ),
    Case(
        name="heated cube",
        source="Tric, Labrosse and Betrouni 2000, Int. J. Heat Mass Transfer 43, 4043-4056: Ra 1e6, Pr 0.71",
        why="1.5 % with 96 equal cells a side, 0.5 % extrapolated from three grids; quick tier: 56, 5 %, 1 %",
        run=cavities.heated_cube_nusselt,
    ),
    Case(
        name="plane channel",
        source="Poiseuille: pressure drop 12 mu U / h^2, largest velocity 1.5 U",
        why="discretisation with 16 (quick) and 32 cells across: 1 %",
        run=ducts.plane_channel,
    ),
    Case(
        name="square duct",
        source="Shah and London 1978, Laminar Flow Forced Convection in Ducts: f Re = 56.91",
        why="discretisation with 24 cells a side: 1 %; quick tier: 12 cells, 3 %",
        run=ducts.square_duct,
    ),
    Case(
        name="heated channel",
        source="Shah and London 1978: Nu = 7.541 between plates of one temperature, fully developed",
        why="discretisation, and conduction along the axis at Pe 57: 1 %",
        run=ducts.heated_channel,
    ),
    Case(
        name="backward-facing step",
        source="Erturk 2008, Computers & Fluids 37, 633-655, expansion ratio 2",
        why="2 % with 20 cells a step, bounded second-order convection; quick tier: 10 cells, 5 %",
        run=ducts.backward_step,
    ),
    Case(
        name="turbulent channel",
        source="Dean 1978, J. Fluids Eng. 100, 215-223: friction 0.073 Re^-1/4 at Re 1e5 on the height",
        why="5 %: scatter of the measured friction, and one wall treatment from y+ 1 to 300",
        run=turbulent.channel_walls,
    ),
    Case(
        name="turbulent channel, low Reynolds number",
        source="Moser, Kim and Mansour 1999, Phys. Fluids 11, 943-945: direct simulation at Re_tau 178.12",
        why="5 % of the bulk velocity at a given pressure drop; 3 % of u+ with the wall's cell at y+ 0.4",
        run=turbulent.channel_low_reynolds,
    ),
    Case(
        name="room with a wall jet",
        source="IEA Annex 20, isothermal: Nielsen 1990; measurements of Restivo 1979",
        why="0.08 of the inlet's velocity over a profile for k-epsilon on 90 x 45 cells, bias included",
        run=turbulent.annex_20,
        full_only=True,
    ),
    Case(
        name="tall cavity",
        source="Betts and Bokhari 2000, Int. J. Heat Fluid Flow 21, 675-683: experiments at Ra 0.86e6",
        why="5 % of the difference of the walls and 12 % of the largest velocity over each profile, with y+ "
        "about 1; of the two-layer model only the temperatures, see the README beside the results",
        run=rooms.tall_cavity_measured,
    ),
    Case(
        name="box in a room",
        source="Wang and Chen 2009, HVAC&R Research 15; markers read from Zuo et al. 2016, J. Build. Perf. "
        "Sim. 9, 366-381",
        why="1 K and 0.10 of 1.5 m/s over each profile for k-epsilon on 48 stretched cells a side",
        run=rooms.box_measured,
    ),
    Case(
        name="decaying vortex",
        source="Taylor and Green 1937, Proc. R. Soc. A 158, 499-521: exact",
        why="second order less 0.1 with central differences, less 0.4 with the limited scheme",
        run=transients.decaying_vortex,
    ),
    Case(
        name="natural convection in time",
        source="its own answer with six times smaller steps",
        why="second order less 0.1; heat closes in every step to what the contract asks",
        run=transients.convection_in_time,
    ),
    Case(
        name="front in a duct",
        source="plug flow: volume over flow; a front stays as sharp as it entered",
        why="conservation: 0.1 %; overshoot in time: 2 %; smearing by 1.8 s is a third of that of upwind",
        run=transients.front_in_a_duct,
    ),
    Case(
        name="heat stored in servers",
        source="VanGilder, Pardey, Healey and Zhang 2013, ASHRAE Trans. 119(2), table 1; their model's own "
        "equation, exact for a ramp",
        why="0.1 K",
        run=transients.server_mass,
    ),
    Case(
        name="fans on their curves",
        source="by hand: the curve less K rho u^2 / 2 of a duct, a quadratic equation",
        why="fans stop within 0.1 % of their curve's range",
        run=devices.fans,
    ),
    Case(
        name="resistances and leakage",
        source="by hand: K rho u^2 / 2; flows as 1 / sqrt(K); Q / (rho cp V)",
        why="0.5 %: the velocities over a face are not quite even; what is given or conserved to round-off",
        run=devices.resistances,
    ),
    Case(
        name="coils of cooling units and doors",
        source="by hand: heat balances; counterflow effectiveness, films ~ flow^0.8 and flow^0.85 (Wetter "
        "1999, LBNL-42355)",
        why="the last change of the temperature solver",
        run=devices.coils,
    ),
    Case(
        name="coils on a water circuit",
        source="by hand: heat balances of air, coil, water and a plate exchanger (counterflow effectiveness)",
        why="the last change of the temperature solver; 1e-4 of the heat between air and water",
        run=coupled_coils.coils,
    ),
    Case(
        name="heat sources, walls and a failed unit",
        source="by hand: Q / (rho cp V); thermal resistances in series; flows as 1 / sqrt(K)",
        why="the last change of the temperature solver; 2 and 5 %: the velocities over a face are not even",
        run=devices.heat_and_failures,
    ),
    Case(
        name="rack in a duct",
        source="heat balance by hand: Q / (rho cp V), and the door's effectiveness",
        why="the last change of the temperature solver",
        run=ducts.rack_balance,
    ),
    Case(
        name="contained hall",
        source="heat balance by hand: four racks of 12 kW and 0.9 m3/s about an airtight hot aisle",
        why="0.01 K; the balances as every run must meet them",
        run=ducts.hall_balance,
    ),
)
