"""The one registry of result variables: name, group, dimensions, unit, meaning and physical bounds.

Datasets are built from it, files take their CF attributes from it, and every value written is checked
against `valid`. Units are UDUNITS strings. Dimension names say where a value lives: `x` is a cell centre,
`x_face` a face.
"""

from __future__ import annotations

from typing import NamedTuple

INF = float("inf")


class Variable(NamedTuple):
    name: str
    group: str  # hall, loop, year, district or network
    dims: tuple[str, ...]
    units: str
    long_name: str
    valid: tuple[float, float]  # bounds checked on write; NaN marks a value that does not exist


_CELL = ("kind", "z", "y", "x")
_KIND = ("kind",)
_GRID = ("kind", "grid")
_RACK = ("rack",)
_TRAY = ("rack", "tray")
_CDU = ("cdu",)
_COIL = ("coil",)
_PIPE = ("pipe",)
_SITE_HALL = ("site_hall",)
_SEGMENT = ("segment",)
_SUBSTATION = ("substation",)
_PRODUCER = ("producer",)
_FEED = ("feed", "time")
_LON, _LAT = (-180.0, 180.0), (-90.0, 90.0)
_T = (200.0, 450.0)  # plausible temperatures [K]
_CHANGE = (-1e3, 1e3)  # of a temperature [K]
_ERROR = (0.0, 1e3)  # half width of an error bar [K]
_SHARE = (-1.0, 2.0)  # of shares [-]: a linear scheme of second order overshoots a little
_SPEED = (-50.0, 50.0)  # and velocities [m/s]

_ALL = (
    # hall: one entry along `kind` for each distinct hall of the site
    Variable("air_temperature", "hall", _CELL, "K", "Air temperature", _T),
    Variable("air_velocity_x", "hall", _CELL, "m s-1", "Air velocity along the rows", _SPEED),
    Variable("air_velocity_y", "hall", _CELL, "m s-1", "Air velocity across the aisles", _SPEED),
    Variable("air_velocity_z", "hall", _CELL, "m s-1", "Air velocity upwards", _SPEED),
    Variable("air_pressure", "hall", _CELL, "Pa", "Static pressure above the return's", (-1e4, 1e4)),
    Variable("solid", "hall", _CELL, "1", "Cell is solid (1) or air (0)", (0.0, 1.0)),
    Variable("rack_heat_air", "hall", _RACK, "W", "Rack heat released to the air", (0.0, 1e7)),
    Variable("rack_airflow", "hall", _RACK, "m3 s-1", "Air flow through the rack", (-1e3, 1e3)),
    Variable("rack_inlet_mean", "hall", _RACK, "K", "Rack inlet temperature, flow-weighted mean", _T),
    Variable("rack_inlet_max", "hall", _RACK, "K", "Rack inlet temperature, hottest face", _T),
    Variable("rack_inlet_bottom", "hall", _RACK, "K", "Rack inlet temperature at 1/6 height", _T),
    Variable("rack_inlet_middle", "hall", _RACK, "K", "Rack inlet temperature at 1/2 height", _T),
    Variable("rack_inlet_top", "hall", _RACK, "K", "Rack inlet temperature at 5/6 height", _T),
    Variable("rack_outlet", "hall", _RACK, "K", "Rack exhaust temperature, after a rear door", _T),
    Variable("rack_x", "hall", _RACK, "m", "Rack centre, along the rows", (-1e4, 1e4)),
    Variable("rack_y", "hall", _RACK, "m", "Rack centre, across the aisles", (-1e4, 1e4)),
    Variable("rack_capture_cold", "hall", _RACK, "1", "Share of the rack's air from the supplies", _SHARE),
    Variable("rack_air_age", "hall", _RACK, "s", "Mean age of the air the rack draws", (0.0, INF)),
    Variable("air_age", "hall", _CELL, "s", "Mean age of air", (-1.0, INF)),
    Variable("recirculation", "hall", ("rack", "source"), "1", "Share of the rack's air by source", _SHARE),
    Variable("source_captured", "hall", ("source",), "1", "Share of racks' air that exhausts catch", _SHARE),
    Variable("opening_flow", "hall", ("opening",), "m3 s-1", "Air flow of the opening", (-1e4, 1e4)),
    Variable("opening_temperature", "hall", ("opening",), "K", "Temperature of the opening's air", _T),
    Variable("opening_heat", "hall", ("opening",), "W", "Heat carried off above the supply", (-1e9, 1e9)),
    Variable("opening_pressure", "hall", ("opening",), "Pa", "Static pressure at the opening", (-1e4, 1e4)),
    Variable("opening_backflow", "hall", ("opening",), "1", "Share of the flow that comes back", (0.0, INF)),
    Variable("unit_flow", "hall", ("unit",), "m3 s-1", "Air flow of the cooling unit", (0.0, 1e4)),
    Variable("unit_return", "hall", ("unit",), "K", "Temperature of the air the unit draws", _T),
    Variable("unit_supply", "hall", ("unit",), "K", "Temperature of the air the unit blows", _T),
    Variable("unit_heat", "hall", ("unit",), "W", "Heat taken by the unit's coil", (-1e3, 1e8)),
    Variable("unit_capacity", "hall", ("unit",), "W", "What the coil could take here", (0.0, 1e8)),
    Variable("unit_utilisation", "hall", ("unit",), "1", "Heat of the coil over its capacity", (-0.01, 1.01)),
    Variable("unit_pressure", "hall", ("unit",), "Pa", "Static pressure rise of the unit", (-1e4, 1e4)),
    Variable("coil_air_heat", "hall", _COIL, "W", "Heat that leaves the air at the coil", (-1e6, 1e8)),
    Variable("coil_water_heat", "hall", _COIL, "W", "Heat that the coil's water takes up", (-1e6, 1e8)),
    Variable("coil_air_inlet", "hall", _COIL, "K", "Temperature of the air before the coil", _T),
    Variable("coil_water_asked", "hall", _COIL, "kg s-1", "Water that the coil's valve asks for", (0.0, 1e4)),
    Variable("coil_water_flow", "hall", _COIL, "kg s-1", "Water flow of the coil", (0.0, 1e4)),
    Variable("coil_water_supply", "hall", _COIL, "K", "Temperature of its water entering", _T),
    Variable("coil_water_return", "hall", _COIL, "K", "Temperature of its water leaving", _T),
    Variable("coil_water_drop", "hall", _COIL, "Pa", "Pressure drop of coil and valve", (0.0, 1e7)),
    Variable("coil_valve", "hall", _COIL, "1", "Stroke of the coil's valve, 1 open", (0.0, 1.0)),
    Variable("coil_utilisation", "hall", _COIL, "1", "Heat of the coil over its capacity", (-0.01, 1.01)),
    Variable("cool_supply", "hall", _KIND, "K", "Cool water entering the hall", _T),
    Variable("cool_return", "hall", _KIND, "K", "Cool water leaving the hall", _T),
    Variable("cool_flow", "hall", _KIND, "kg s-1", "Cool water of the hall's coils", (0.0, 1e5)),
    Variable("cool_heat", "hall", _KIND, "W", "Heat that the coils' water takes up", (-1e7, 1e9)),
    Variable("cool_pump_power", "hall", _KIND, "W", "Electric power of the circuit's pumps", (0.0, 1e7)),
    Variable("cool_pump_speed", "hall", _KIND, "1", "Speed of these pumps over full speed", (0.0, 2.0)),
    Variable("interface_closure", "hall", _KIND, "1", "Heat missing between air and water", (0.0, 1e-3)),
    Variable("interface_rounds", "hall", _KIND, "1", "Air solves until air and water agreed", (0.0, 100.0)),
    Variable("passage_flow", "hall", ("passage",), "m3 s-1", "Net air flow of the passage", (-1e4, 1e4)),
    Variable("passage_temperature", "hall", ("passage",), "K", "Temperature of that air", _T),
    Variable("passage_pressure", "hall", ("passage",), "Pa", "Static pressure drop of it", (-1e4, 1e4)),
    Variable("rack_pressure_rise", "hall", _RACK, "Pa", "Static pressure behind less before", (-1e4, 1e4)),
    Variable("aisle_in", "hall", ("aisle",), "m3 s-1", "Air that devices blow into the aisle", (0.0, 1e5)),
    Variable("aisle_pressure", "hall", ("aisle",), "Pa", "Mean static pressure of the aisle", (-1e4, 1e4)),
    Variable("aisle_out", "hall", ("aisle",), "m3 s-1", "Air that devices take from it", (-1e5, 1e5)),
    Variable("check_value", "hall", ("check",), "1", "Value of the check, in check_unit", (-INF, INF)),
    Variable("check_limit", "hall", ("check",), "1", "It passes up to here, in check_unit", (-INF, INF)),
    # of a grid study: half widths of error bars, and what they come from; grids from coarse to fine
    Variable("grid_cells", "hall", _GRID, "1", "Cells of the grid", (0.0, INF)),
    Variable("grid_cell_size", "hall", _GRID, "m", "Edge of a cube of the mean cell", (0.0, 1e3)),
    Variable("grid_inlet_mean", "hall", _GRID, "K", "Mean rack inlet temperature on the grid", _T),
    Variable("grid_inlet_max", "hall", _GRID, "K", "Hottest rack inlet temperature on the grid", _T),
    Variable("grid_return", "hall", _GRID, "K", "Return temperature on the grid", _T),
    Variable("inlet_mean_error", "hall", _KIND, "K", "Grid convergence index of the mean inlet", _ERROR),
    Variable("inlet_max_error", "hall", _KIND, "K", "Grid convergence index of the hottest inlet", _ERROR),
    Variable("return_error", "hall", _KIND, "K", "Grid convergence index of the return", _ERROR),
    Variable("unit_return_error", "hall", ("unit",), "K", "Grid convergence index, air drawn", _ERROR),
    Variable("unit_supply_error", "hall", ("unit",), "K", "Grid convergence index, air blown", _ERROR),
    Variable("rack_inlet_mean_error", "hall", _RACK, "K", "Grid convergence index, mean inlet", _ERROR),
    Variable("rack_inlet_max_error", "hall", _RACK, "K", "Grid convergence index, hottest face", _ERROR),
    Variable("rack_inlet_bottom_error", "hall", _RACK, "K", "Grid convergence index at 1/6 height", _ERROR),
    Variable("rack_inlet_middle_error", "hall", _RACK, "K", "Grid convergence index at 1/2 height", _ERROR),
    Variable("rack_inlet_top_error", "hall", _RACK, "K", "Grid convergence index at 5/6 height", _ERROR),
    Variable("rack_outlet_error", "hall", _RACK, "K", "Grid convergence index of the exhaust", _ERROR),
    Variable("iteration", "hall", ("step",), "1", "Iteration of the monitor history", (0.0, INF)),
    Variable("inlet_history", "hall", ("step", "rack"), "K", "Mean inlet of the rack at the iteration", _T),
    Variable("kinetic_energy", "hall", ("step",), "J", "Kinetic energy of the air", (0.0, INF)),
    Variable("rack_inlet_drift", "hall", _RACK, "K", "Drift of the mean inlet over the window", _CHANGE),
    Variable("rack_inlet_swing", "hall", _RACK, "K", "Peak-to-peak range over the window", _ERROR),
    Variable("inlet_drift", "hall", ("step",), "K", "Drift of the rack inlets over the window", (0.0, INF)),
    Variable("air_energy_closure", "hall", ("step",), "1", "Air energy closure", (0.0, INF)),
    Variable("air_mass_closure", "hall", ("step",), "1", "Air mass closure", (0.0, INF)),
    # loop
    Variable("rack_heat_liquid", "loop", _RACK, "W", "Rack heat taken by the cold plates", (0.0, 1e7)),
    Variable("rack_flow", "loop", _RACK, "kg s-1", "Coolant mass flow of the rack", (0.0, 1e3)),
    Variable("rack_supply", "loop", _RACK, "K", "Coolant temperature into the rack", _T),
    Variable("rack_return", "loop", _RACK, "K", "Coolant temperature out of the rack", _T),
    Variable("rack_pressure_drop", "loop", _RACK, "Pa", "Pressure drop of the rack", (0.0, 2e6)),
    Variable("gpu_junction", "loop", _RACK, "K", "GPU junction temperature", _T),
    Variable("tray_flow", "loop", _TRAY, "kg s-1", "Coolant mass flow of the tray", (-1e2, 1e2)),
    Variable("tray_gpu_junction", "loop", _TRAY, "K", "GPU junction at the power asked for", (200.0, 1e4)),
    Variable("tray_gpu_power", "loop", _TRAY, "W", "GPU power that the junction's limit leaves", (0.0, 1e5)),
    Variable("cdu_heat", "loop", _CDU, "W", "Heat handed to the facility water", (0.0, 1e8)),
    Variable("cdu_tcs_flow", "loop", _CDU, "kg s-1", "TCS mass flow of the CDU", (0.0, 1e4)),
    Variable("cdu_fws_flow", "loop", _CDU, "kg s-1", "FWS mass flow of the CDU", (0.0, 1e4)),
    Variable("cdu_tcs_supply", "loop", _CDU, "K", "TCS supply temperature of the CDU", _T),
    Variable("cdu_tcs_return", "loop", _CDU, "K", "TCS return temperature of the CDU", _T),
    Variable("cdu_fws_supply", "loop", _CDU, "K", "FWS supply temperature of the CDU", _T),
    Variable("cdu_fws_return", "loop", _CDU, "K", "FWS return temperature of the CDU", _T),
    Variable("cdu_pump_power", "loop", _CDU, "W", "Electric power of the CDU pumps", (0.0, 1e7)),
    Variable("pipe_nominal", "loop", _PIPE, "1", "Nominal diameter DN of the pipe", (6.0, 3000.0)),
    Variable("pipe_lines", "loop", _PIPE, "1", "Equal lines in parallel", (1.0, 100.0)),
    Variable("pipe_flow", "loop", _PIPE, "kg s-1", "Mass flow of all lines", (-1e5, 1e5)),
    Variable("pipe_length", "loop", _PIPE, "m", "Length of the pipe", (0.0, 1e5)),
    Variable("pipe_velocity", "loop", _PIPE, "m s-1", "Velocity in the pipe", (0.0, 20.0)),
    Variable("pipe_temperature", "loop", _PIPE, "K", "Temperature of what flows in the pipe", (200.0, 400.0)),
    Variable("pipe_pressure_drop", "loop", _PIPE, "Pa", "Pressure drop of the pipe", (-1e7, 1e7)),
    # loop, where every hall of the site is resolved
    Variable(
        "site_hall_heat", "loop", _SITE_HALL, "W", "Heat of the hall's racks to the coolant", (0.0, 1e10)
    ),
    Variable("site_hall_fws_flow", "loop", _SITE_HALL, "kg s-1", "Facility water of the hall", (0.0, 1e6)),
    Variable("site_hall_fws_supply", "loop", _SITE_HALL, "K", "Facility water at the hall, supply", _T),
    Variable("site_hall_fws_return", "loop", _SITE_HALL, "K", "Facility water at the hall, return", _T),
    Variable("site_hall_tcs_supply", "loop", _SITE_HALL, "K", "Warmest TCS supply of the hall's CDUs", _T),
    Variable("site_hall_gpu_junction", "loop", _SITE_HALL, "K", "Hottest GPU junction of the hall", _T),
    Variable(
        "site_hall_mains_drop", "loop", _SITE_HALL, "Pa", "Drop from plant to hall and back", (0.0, 1e8)
    ),
    Variable("site_hall_pressure_drop", "loop", _SITE_HALL, "Pa", "Drop within the hall", (0.0, 1e8)),
    Variable("site_hall_spare_head", "loop", _SITE_HALL, "Pa", "Head that the hall throttles", (-1e3, 1e8)),
    # year: one value an hour
    Variable("dry_bulb", "year", ("time",), "K", "Outdoor dry-bulb temperature", _T),
    Variable("wet_bulb", "year", ("time",), "K", "Outdoor wet-bulb temperature", _T),
    Variable("it_power", "year", ("time",), "W", "Electric power of the IT equipment", (0.0, 1e11)),
    Variable("facility_power", "year", ("time",), "W", "Electric power of the site", (0.0, 1e11)),
    Variable("plant_power", "year", ("time",), "W", "Fans, chillers and pumps of the plant", (0.0, 1e11)),
    Variable("water_flow", "year", ("time",), "kg s-1", "Water drawn by the plant", (0.0, 1e6)),
    Variable("tcs_supply", "year", ("time",), "K", "TCS supply temperature", _T),
    Variable("tcs_return", "year", ("time",), "K", "TCS return temperature", _T),
    Variable("fws_supply", "year", ("time",), "K", "FWS supply temperature", _T),
    Variable(
        "it_throttled", "year", ("time",), "W", "IT power that GPUs at their limit do not draw", (0.0, 1e11)
    ),
    Variable("gpu_hottest", "year", ("time",), "K", "Hottest GPU junction", _T),
    Variable("fws_return", "year", ("time",), "K", "FWS return temperature", _T),
    Variable("heat_available", "year", ("time",), "W", "Heat carried by the facility water", (0.0, 1e11)),
    Variable("heat_vented", "year", ("time",), "W", "Heat rejected to the air outdoors", (0.0, 1e11)),
    Variable("solar_power", "year", ("time",), "W", "Contracted solar power used", (0.0, 1e11)),
    Variable("wind_power", "year", ("time",), "W", "Contracted wind power used", (0.0, 1e11)),
    Variable("hydro_power", "year", ("time",), "W", "Contracted hydro power used", (0.0, 1e11)),
    Variable("carbon_factor", "year", ("time",), "kg J-1", "CO2e of the site's electricity", (0.0, 1e-6)),
    # district
    Variable("heat_demand", "district", ("time",), "W", "Heat the network asks for", (0.0, 1e11)),
    Variable("network_supply", "district", ("time",), "K", "Supply temperature of the network", _T),
    Variable("network_return", "district", ("time",), "K", "Return temperature of the network", _T),
    Variable("heat_taken", "district", ("time",), "W", "Heat taken from the site", (0.0, 1e11)),
    Variable("heat_direct", "district", ("time",), "W", "Heat through the exchanger", (0.0, 1e11)),
    Variable("heat_boiler", "district", ("time",), "W", "Heat of the station's boiler", (0.0, 1e11)),
    Variable("storage_charge", "district", ("time",), "W", "Heat into the storage", (0.0, 1e11)),
    Variable("storage_discharge", "district", ("time",), "W", "Heat out of the storage", (0.0, 1e11)),
    Variable("storage_content", "district", ("time",), "J", "Heat held above the return", (-INF, INF)),
    Variable("heat_delivered", "district", ("time",), "W", "Heat handed to the network", (0.0, 1e11)),
    Variable("heat_pump_power", "district", ("time",), "W", "Electric power of the heat pump", (0.0, 1e11)),
    Variable("limit", "district", ("time",), "1", "What limits the hour (flag_meanings)", (0.0, 10.0)),
    Variable("heat_pumped", "district", ("time",), "W", "Heat of the heat pump", (0.0, 1e11)),
    Variable("heat_others", "district", ("time",), "W", "Heat of the network's other sources", (-1.0, 1e11)),
    Variable("trunk_loss", "district", ("time",), "W", "Heat lost between station and network", (0.0, 1e10)),
    Variable("heat_pump_cop", "district", ("time",), "1", "COP of the heat pump, nan at rest", (1.0, 100.0)),
    Variable("heat_pump_units", "district", ("time",), "1", "Heat-pump units at work", (0.0, 1e3)),
    Variable("station_out", "district", ("time",), "K", "Network water behind the station", _T),
    Variable("source_in", "district", ("time",), "K", "Site's water offered", _T),
    Variable("source_wanted", "district", ("time",), "K", "Coldest water the site wants back", _T),
    Variable("source_rate", "district", ("time",), "W K-1", "Capacity rate of the site's water", (0.0, 1e10)),
    Variable("source_out", "district", ("time",), "K", "Site's water behind the station", _T),
    Variable("storage_loss", "district", ("time",), "W", "Heat the storage loses", (-1e9, 1e10)),
    Variable("storage_top", "district", ("time",), "K", "Top layer of the storage", _T),
    Variable("storage_bottom", "district", ("time",), "K", "Bottom layer of the storage", _T),
    # of the plan of the district: pipes on the map, substations, classes of buildings, producers
    Variable("vertex_longitude", "district", ("vertex",), "degrees_east", "Longitude of vertices", _LON),
    Variable("vertex_latitude", "district", ("vertex",), "degrees_north", "Latitude of vertices", _LAT),
    Variable("vertex_segment", "district", ("vertex",), "1", "Segment the vertex belongs to", (0.0, INF)),
    Variable("segment_kind", "district", _SEGMENT, "1", "Trunk (0) or network (1)", (0.0, 1.0)),
    Variable("segment_length", "district", _SEGMENT, "m", "Length of the pair of pipes", (0.0, 1e6)),
    Variable("segment_nominal", "district", _SEGMENT, "1", "Nominal diameter DN", (6.0, 3000.0)),
    Variable("segment_lines", "district", _SEGMENT, "1", "Equal pairs in parallel", (1.0, 1e4)),
    Variable("segment_supply", "district", _SEGMENT, "K", "Design supply temperature", _T),
    Variable("segment_return", "district", _SEGMENT, "K", "Design return temperature", _T),
    Variable("segment_loss", "district", _SEGMENT, "W", "Heat lost, mean of the year", (0.0, 1e10)),
    Variable("substation_longitude", "district", _SUBSTATION, "degrees_east", "Longitude", _LON),
    Variable("substation_latitude", "district", _SUBSTATION, "degrees_north", "Latitude", _LAT),
    Variable("substation_heat", "district", _SUBSTATION, "J", "Heat taken in a year", (0.0, 1e18)),
    Variable("substation_peak", "district", _SUBSTATION, "W", "Largest hourly power", (0.0, 1e10)),
    Variable("class_demand", "district", ("class", "time"), "W", "Heat the class takes", (0.0, 1e11)),
    Variable("producer_capacity", "district", _PRODUCER, "W", "Heat capacity", (0.0, 1e11)),
    Variable("producer_cost", "district", _PRODUCER, "1", "Marginal cost in EUR/MWh", (-1e4, 1e4)),
    Variable("producer_carbon", "district", _PRODUCER, "kg J-1", "Carbon dioxide of its heat", (0.0, 1e-5)),
    Variable("producer_rank", "district", _PRODUCER, "1", "Place in the merit order, 0 first", (0.0, 1e3)),
    Variable("producer_before_site", "district", _PRODUCER, "1", "Runs before the site (1)", (0.0, 1.0)),
    Variable("producer_heat", "district", ("producer", "time"), "W", "Heat of the producer", (0.0, 1e11)),
    Variable("feed_offered", "district", _FEED, "W", "Heat the other data centre offers", (0.0, 1e11)),
    Variable("feed_taken", "district", _FEED, "W", "Heat taken from it", (0.0, 1e11)),
    Variable("feed_delivered", "district", _FEED, "W", "Heat it hands to the network", (0.0, 1e11)),
    Variable("feed_power", "district", _FEED, "W", "Electric power of its heat pump", (0.0, 1e11)),
    Variable("feed_trunk_loss", "district", _FEED, "W", "Heat lost by its trunk", (0.0, 1e10)),
    Variable("feed_limit", "district", _FEED, "1", "What limits its hour (flag_meanings)", (0.0, 10.0)),
    Variable("trunk_arrival", "district", ("time",), "K", "Supply temperature behind the trunk", _T),
    Variable(
        "trunk_pump_power", "district", ("time",), "W", "Electric power of the trunk's pumps", (0.0, 1e9)
    ),
    Variable("perimeter_longitude", "district", ("corner",), "degrees_east", "Area declared", _LON),
    Variable("perimeter_latitude", "district", ("corner",), "degrees_north", "Area declared", _LAT),
    # uncertainty: of a sample of inputs; units stand in the names of inputs and outputs
    Variable("input_value", "uncertainty", ("input", "member"), "1", "Value drawn", (-INF, INF)),
    Variable("output_value", "uncertainty", ("output", "member"), "1", "Result of the member", (-INF, INF)),
    Variable("output_nominal", "uncertainty", ("output",), "1", "Result with inputs not drawn", (-INF, INF)),
    Variable("output_percentile", "uncertainty", ("percentile", "output"), "1", "Percentile", (-INF, INF)),
    Variable("rank_correlation", "uncertainty", ("output", "input"), "1", "Spearman's", (-1.001, 1.001)),
    # network: of a file solved by itself
    Variable("flow", "network", ("branch",), "kg s-1", "Mass flow from start to end", (-1e7, 1e7)),
    Variable("drop", "network", ("branch",), "Pa", "Pressure drop from start to end", (-1e9, 1e9)),
    Variable("velocity", "network", ("branch",), "m s-1", "Velocity in the pipe", (-1e3, 1e3)),
    Variable("inlet_temperature", "network", ("branch",), "K", "Temperature of what enters", _T),
    Variable("outlet_temperature", "network", ("branch",), "K", "Temperature of what leaves", _T),
    Variable("heat", "network", ("branch",), "W", "Heat gained on the way through", (-1e12, 1e12)),
    Variable("pressure", "network", ("node",), "Pa", "Pressure of the node", (-1e9, 1e9)),
    Variable("node_temperature", "network", ("node",), "K", "Mixed temperature of the node", _T),
)

VARIABLES: dict[tuple[str, str], Variable] = {(v.group, v.name): v for v in _ALL}

# What the labels along a dimension, and beside it, stand for. In "hall:name" distinct halls count from 0.
LABELS: dict[str, str] = {
    "rack": "Rack, as hall:name",
    "tray": "Tray of the rack, by its number",
    "cdu": "Coolant distribution unit, as hall:name",
    "pipe": "Pipe, as hall:name",
    "coil": "Coil, as hall:name",
    "unit": "Cooling unit, as hall:name",
    "opening": "Opening of the hall, as hall:name",
    "passage": "Passage between rooms, as hall:name",
    "aisle": "Aisle, as hall:name",
    "source": "Where the air comes from, as hall:name",
    "check": "Physics check, as hall:name",
    "check_unit": "Unit of the check's value and limit",
    "check_meaning": "What the check compares",
    "site_hall": "Hall of the site",
    "segment": "Stretch of pipes of the district",
    "substation": "Substation of the network",
    "substation_use": "What its buildings are used for",
    "class": "Class of buildings",
    "class_use": "What the buildings are used for",
    "producer": "Producer of the network",
    "producer_kind": "Kind of producer",
    "feed": "Other data centre that feeds the network",
    "branch": "Branch of the network",
    "node": "Node of the network",
}
