"""The cases of the part `liquid`: coolants, pipes, networks, CDUs, cold plates and the loop of a hall."""

from __future__ import annotations

from twin.verification import (
    components,
    doors_on_loop,
    heat_networks,
    loops,
    networks,
    pipes,
    rack_transients,
    water_networks,
)
from twin.verification.case import Case

CASES = (
    Case(
        name="colebrook",
        source="Colebrook 1939, J. Inst. Civ. Eng. 11, 133-156; 42 roots with 40 digits",
        why="the equation is solved to round-off",
        run=networks.colebrook,
    ),
    Case(
        name="laminar pipe",
        source="Hagen 1839, Poiseuille 1840: 128 mu L m / (pi rho d^4)",
        why="closed form, met to round-off",
        run=networks.laminar,
    ),
    Case(
        name="coolants",
        source="CoolProp 8.0.0: IAPWS-95 for water, Melinder 2010 for six glycol mixtures, 42 states",
        why="bars of the polynomial fits: below the scatter of makers' sheets by a factor of ten or more",
        run=networks.coolants,
    ),
    Case(
        name="STANET",
        source="STANET network code, 24 water networks with the friction of Nikuradse (N) or Prandtl and "
        "Colebrook (PC), kept with pandapipes (BSD-3)",
        why="same friction law: 0.1 % of pressure, 1 mm/s. pipe_1 PC flows at Re 2,630, between the laws: "
        "STANET extends Colebrook, this program joins laminar and turbulent smoothly: 0.2 %. All files give "
        "water of 1.793 mPa s and of 10 degC, which contradict one another: the answers of delta, district, "
        "pumps and versatility are those of 10 degC (1.307 mPa s, IAPWS), the others' those of 1.793 mPa s; "
        "each is computed so. district spans 220 m of height, its pressures stand above the air there: 0.2 %",
        run=water_networks.stanet,
    ),
    Case(
        name="EPANET",
        source="EPANET 2.2, heads and flows at t = 0 of Hanoi, Balerma, Net1 and Net2",
        why="the same laws (Hazen-Williams; Balerma: Swamee-Jain, EPANET's gravity and viscosity): 0.01 m, "
        "1e-4 of the flow; flows below 0.1 l/s to 0.1 ml/s, as the reference prints heads to 4e-6 m",
        run=water_networks.epanet,
    ),
    Case(
        name="DESTEST CE0",
        source="IBPSA Project 1 DESTEST, network common exercise 0: median of six submissions of other tools",
        why="the six submissions scatter by 2 to 13 %; 3 % of their median",
        run=networks.destest,
    ),
    Case(
        name="DESTEST CE0 temperatures",
        source="IBPSA Project 1 DESTEST, network common exercise 0: median of six submissions of other tools",
        why="0.05 K of the supply, 0.1 K of the return, 5 % of the loss, 1 % of the power: the submissions "
        "scatter by 0.05 K, 0.6 K (at f and g some seem to report it before the branch joins), 30 % and 2 %",
        run=heat_networks.destest_heat,
    ),
    Case(
        name="OpenModelica",
        source="Modelica.Fluid in OpenModelica, eight heat networks kept with pandapipes (BSD-3)",
        why="the same cells and the same upwind scheme: 0.1 K, 1 mm/s; 0.5 % of pressure, Modelica having "
        "another approximation of Colebrook's law. heights: the reference gives the first and the "
        "last section the pressure of the pipe's end, but half a section's fall: worth 0.1 K there, 0.03 K "
        "between",
        run=heat_networks.openmodelica,
    ),
    Case(
        name="plug flow",
        source="pure delay",
        why="round-off",
        run=pipes.plug_flow,
    ),
    Case(
        name="transport order",
        source="delay and exponential loss in closed form",
        why="2 for second order, less 0.3 where the limiter works at the top of the pulse; 1 for upwind",
        run=pipes.transport_orders,
    ),
    Case(
        name="pipe with a wall",
        source="Schumann 1929, J. Franklin Inst. 208, 405-416",
        why="a front is spread over two cells of 200",
        run=pipes.two_temperatures,
    ),
    Case(
        name="Graz pipe",
        source="Schweiger et al. 2018, Energy 164, 1326-1340: measured, 60 m of insulated "
        "copper; nothing fitted",
        why="the best of eight published tools has 0.233 K; one second of the clock is worth 0.2 K",
        run=pipes.graz,
    ),
    Case(
        name="ULg pipe",
        source="van der Heijde et al. 2017, Energy Convers. Manage. 151, 158-169: measured, 39 m of steel; "
        "nothing fitted",
        why="0.7 K; the published plug-flow model has 0.6 K in experiment 151202",
        run=pipes.ulg,
    ),
    Case(
        name="GB300 rack drop",
        source="Lenovo Press LP2357, table 27, drops printed to 0.1 psi",
        why="one exponent for the whole table; printing alone is worth 2 % at the low end",
        run=loops.gb300_drop,
    ),
    Case(
        name="CDU data sheets",
        source="Open Compute Project (Google Deschutes), Vertiv SL-70799 (XDU1350); logarithmic mean "
        "difference, "
        "Incropera et al. 2011, eq. 11.14",
        why="two forms of one law; heat capacities vary by 0.1 % along the exchanger",
        run=loops.cdu_sheets,
    ),
    Case(
        name="CDU at part flow",
        source="Modelica Buildings library (LBNL), CDU simulated with Dymola, two steady states: another "
        "model",
        why="0.3 K: properties and the exponent of the films differ between the models",
        run=loops.cdu_part_load,
    ),
    Case(
        name="OCP cold plate",
        source="Open Compute Project, OAI System Liquid Cooling Guidelines 2023, Fig. 7",
        why="3 %: reading of the figure",
        run=loops.cold_plate,
    ),
    Case(
        name="rack transient",
        source="Modelica Buildings library (LBNL), rack of cold plates simulated with Dymola: another model",
        why="0.3 K and 3 % of the resistance. Case temperatures at half flow are left out: there the model's "
        "fit lies 26 % above the published curve it stands for",
        run=rack_transients.cold_plate_rack,
    ),
    Case(
        name="GB300 return",
        source="Lenovo Press LP2357, table 27, and 90 % of 135 kW to liquid: 54 to 56.5 degC for water and "
        "PG25",
        why="half the width of that band",
        run=loops.gb300_return,
    ),
    Case(
        name="CDU in a hall",
        source="CoolIT CHx2000 product sheet: 2 MW, 2125 l/min, 5 K",
        why="the rated point again, reached through racks, pipes and pumps",
        run=loops.cdu_in_the_loop,
    ),
    Case(
        name="loop balances",
        source="conservation of mass and energy",
        why="what every run must meet",
        run=loops.loop_balances,
    ),
    Case(
        name="lumped loop",
        source="the network itself: a check of the reduction used for the hours of a year, not an outside "
        "figure",
        why="0.1 K, a tenth of what sensors of a plant resolve",
        run=loops.lumped_loop,
    ),
    *components.CASES,
    Case(
        name="rear doors on a CDU",
        source="two racks with cold plates and rear doors on one CDU in a sealed room; eps-NTU and heat "
        "balances by hand, twin/verification/doors_on_loop.py",
        why="2 mK where the pumps' heat and the unit's UA follow by hand; 0.02 K of the doors' air: their "
        "flows are balanced within 0.2 %",
        run=doors_on_loop.doors,
    ),
)
