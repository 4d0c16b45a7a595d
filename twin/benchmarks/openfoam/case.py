"""An air problem as a case of OpenFOAM: the same cells, devices, properties and turbulence model.

Steady: buoyantBoussinesqSimpleFoam. Transient: buoyantBoussinesqPimpleFoam as PISO with two correctors.
Pressure by GAMG to 5 %, the rest by BiCGStab to 10 %. Under-relaxation of p, U, T, k and epsilon: 0.3, 0.7,
0.9, 0.7, 0.7 with k-epsilon; 0.7, 0.5, 0.7 laminar.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geometry.errors import require
from geometry.raster import Port
from solvers.air.problem import AirProblem, Convection, InflowTurbulence, ThroughFlow, Turbulence, Wall
from twin.benchmarks.openfoam.mesh import SIDES, SOLIDS, mesh_of, write_mesh
from twin.benchmarks.openfoam.text import ANY, Value, patch_name, word, write

EVERY = 10  # iterations between two entries of the monitors
STOP_FILE = "stop"  # its appearance makes the solver write its fields and end
START = 0.01  # of k [m2/s2] and epsilon [m2/s3]
C_MU = 0.09

Block = dict[str, Value]


def write_case(folder: Path, problem: AirProblem, *, ranks: int, iterations: int) -> None:
    """Write the steady case of `problem` for `ranks` processes and at most `iterations`.

    Raises InputError for what the peer's case cannot hold: panels, resistances, rear doors, moving walls.
    """
    require(
        problem.turbulence is not Turbulence.ZERO_EQUATION
        and problem.convection is not Convection.TVD
        and not problem.buoyancy_production,
        "the peer's case is laminar or standard k-epsilon without buoyancy production, upwind or central",
    )
    require(
        all(isinstance(r, ThroughFlow) and r.fan is None and not r.has_door for r in problem.racks)
        and not (problem.units or problem.sources or problem.forcing or problem.jets)
        and all(w.side and w.conductance is None and not w.slip for w in problem.walls)
        and not any(np.any(w.velocity) for w in problem.walls),
        "the peer's case has racks of fixed flow without doors, no units, and plain walls at rest",
    )
    write_mesh(folder, mesh_of(problem.raster))
    write_fields(folder / "0", problem)
    _write_constants(folder, problem)
    write(folder / "system" / "fvSchemes", _schemes(problem, "steadyState"))
    write(folder / "system" / "fvSolution", _solution(problem))
    write(folder / "system" / "decomposeParDict", _decomposition(problem, ranks))
    control: Block = {
        "application": "buoyantBoussinesqSimpleFoam",
        "endTime": iterations,
        "deltaT": 1,
        "runTimeModifiable": False,
    }
    write(folder / "system" / "controlDict", _control(control, _monitors(problem)))


def write_transient_case(folder: Path, problem: AirProblem, *, ranks: int, step: float, steps: int) -> None:
    """Write a PISO case of `steps` time steps of `step` [s]: implicit Euler, second-order convection.

    The mesh and the fields at time 0 are those of a steady case, put there by the caller.
    """
    _write_constants(folder, problem)
    write(folder / "system" / "fvSchemes", _schemes(problem, "Euler"))
    scalars = "(U|T|k|epsilon)"
    solvers: Block = {
        "p_rgh": _gamg(1e-7),
        "p_rghFinal": _gamg(1e-7) | {"relTol": 0.01},
        scalars: _bicgstab(1e-7),
        f"{scalars}Final": _bicgstab(1e-7) | {"relTol": 0.01},
    }
    write(
        folder / "system" / "fvSolution",
        {
            "solvers": solvers,
            "PIMPLE": {"momentumPredictor": True, "nOuterCorrectors": 1, "nCorrectors": 2},
            "relaxationFactors": {"equations": {ANY: 1}},
        },
    )
    write(folder / "system" / "decomposeParDict", _decomposition(problem, ranks))
    control: Block = {
        "application": "buoyantBoussinesqPimpleFoam",
        "endTime": steps * step,
        "deltaT": step,
        "adjustTimeStep": False,
        "maxCo": 1,
        "timePrecision": 8,
    }
    write(folder / "system" / "controlDict", _control(control, {}))


# -- fields ----------------------------------------------------------------------------------------------


def write_fields(folder: Path, problem: AirProblem) -> None:
    """The fields at the start with their boundary conditions."""
    air, ports = problem.properties, problem.raster.ports
    turbulent = problem.turbulence is Turbulence.K_EPSILON
    kelvin = air.temperature
    u: Block = {_walls(): {"type": "noSlip"}}
    t: Block = {_walls(): {"type": "zeroGradient"}}
    p: Block = {ANY: {"type": "fixedFluxPressure", "rho": "rhok", "value": "uniform 0"}}
    k: Block = {_walls(): {"type": "kqRWallFunction", "value": f"uniform {START}"}}
    e: Block = {_walls(): {"type": "epsilonWallFunction", "value": f"uniform {START}"}}
    for wall in problem.walls:
        if wall.temperature is not None:
            t[side_patch(wall)] = _fixed(wall.temperature)

    def blow(name: str, flow: float, temperature: Block) -> None:
        port = ports[name]
        patch, speed = patch_name(name), flow / port.total_area
        u[patch] = _fixed(_vector(port, speed))
        t[patch] = temperature
        k[patch], e[patch] = (_fixed(value) for value in _inflow(problem.inflow, speed))

    for supply in problem.supplies:
        blow(supply.port, supply.flow, _fixed(supply.temperature))
    for rack in problem.fan_racks:
        rise = rack.heat / (air.density * air.heat_capacity * rack.flow)
        front = patch_name(rack.intake)
        mean = f"\"Tm{{patch'{front}'}}=sum(phi*T)/sum(phi)\""
        blow(
            rack.exhaust,
            rack.flow,
            {
                "type": "exprFixedValue",
                "variables": f"( {mean} )",
                "valueExpr": f'"Tm+{rise!r}"',
                "value": f"uniform {kelvin!r}",
            },
        )
        port = ports[rack.intake]
        u[front] = _fixed(_vector(port, -rack.flow / port.total_area))
        t[front] = k[front] = e[front] = {"type": "zeroGradient"}
    for exhaust in problem.exhausts:
        patch = patch_name(exhaust.port)
        u[patch] = {"type": "pressureInletOutletVelocity", "value": "uniform (0 0 0)"}
        t[patch] = _outlet(exhaust.backflow_temperature)
        p[patch] = _fixed(0.0)
        # air that comes back: as turbulent as a supply of 1 m/s
        k[patch], e[patch] = (_outlet(value) for value in _inflow(problem.inflow, 1.0))
    calculated: Block = {"type": "calculated", "value": "uniform 0"}
    _field(folder, "U", "volVectorField", (0, 1, -1), "(0 0 0)", u)
    _field(folder, "T", "volScalarField", (0, 0, 0, 1), repr(kelvin), t)
    _field(folder, "p_rgh", "volScalarField", (0, 2, -2), "0", p)
    _field(folder, "p", "volScalarField", (0, 2, -2), "0", {ANY: calculated})
    heat: Block = {ANY: calculated}
    if turbulent:
        heat[_walls()] = {
            "type": "alphatJayatillekeWallFunction",
            "Prt": air.prandtl_turbulent,
            "value": "uniform 0",
        }
        eddy: Block = {ANY: calculated, _walls(): {"type": "nutkWallFunction", "value": "uniform 0"}}
        _field(folder, "k", "volScalarField", (0, 2, -2), repr(START), k)
        _field(folder, "epsilon", "volScalarField", (0, 2, -3), repr(START), e)
        _field(folder, "nut", "volScalarField", (0, 2, -1), repr(C_MU * START), eddy)
    _field(folder, "alphat", "volScalarField", (0, 2, -1), "0", heat)


def _field(
    folder: Path, name: str, kind: str, dimensions: tuple[int, ...], start: str, patches: Block
) -> None:
    powers = [*dimensions, *[0] * (7 - len(dimensions))]
    values: Block = {
        "dimensions": "[" + " ".join(map(str, powers)) + "]",
        "internalField": f"uniform {start}",
        "boundaryField": patches,
    }
    write(folder / name, values, kind)


def _walls() -> str:
    return "(" + "|".join([*(name for pair in SIDES for name in pair), SOLIDS]) + ")"


def side_patch(wall: Wall) -> str:
    """The patch of a side of the room."""
    assert wall.side is not None
    return SIDES[wall.side.axis][wall.side.outward > 0]


def _fixed(value: float | str) -> Block:
    return {"type": "fixedValue", "value": f"uniform {word(value)}"}


def _outlet(value: float) -> Block:
    return {"type": "inletOutlet", "inletValue": f"uniform {value!r}", "value": f"uniform {value!r}"}


def _vector(port: Port, speed: float) -> str:
    parts = [0.0, 0.0, 0.0]
    parts[port.axis] = port.inward * speed
    return word(parts)


def _inflow(inflow: InflowTurbulence, speed: float) -> tuple[float, float]:
    k = 1.5 * (inflow.intensity * speed) ** 2
    return k, C_MU**0.75 * k**1.5 / inflow.length


# -- what stays the same ---------------------------------------------------------------------------------


def _write_constants(folder: Path, problem: AirProblem) -> None:
    air = problem.properties
    write(
        folder / "constant" / "transportProperties",
        {
            "transportModel": "Newtonian",
            "nu": air.viscosity,
            "beta": air.expansion,
            "TRef": air.temperature,
            "Pr": air.prandtl,
            "Prt": air.prandtl_turbulent,
        },
    )
    write(
        folder / "constant" / "g",
        {"dimensions": "[0 1 -2 0 0 0 0]", "value": (0.0, 0.0, -air.gravity)},
        "uniformDimensionedVectorField",
    )
    model: Block = {"simulationType": "laminar"}
    if problem.turbulence is Turbulence.K_EPSILON:
        model = {
            "simulationType": "RAS",
            "RAS": {"RASModel": "kEpsilon", "turbulence": "on", "printCoeffs": "on"},
        }
    write(folder / "constant" / "turbulenceProperties", model)


def _schemes(problem: AirProblem, time: str) -> Block:
    if time == "steadyState":
        scheme = "bounded Gauss " + ("linear" if problem.convection is Convection.CENTRAL else "upwind")
        convection: Block = {f"div(phi,{name})": scheme for name in ("U", "T", "k", "epsilon")}
    else:
        convection = {
            "div(phi,U)": "Gauss linearUpwind grad(U)",
            "div(phi,T)": "Gauss limitedLinear 1",
            "div(phi,k)": "Gauss upwind",
            "div(phi,epsilon)": "Gauss upwind",
        }
    return {
        "ddtSchemes": {"default": time},
        "gradSchemes": {"default": "Gauss linear"},
        "divSchemes": convection | {"div((nuEff*dev2(T(grad(U)))))": "Gauss linear"},
        "laplacianSchemes": {"default": "Gauss linear orthogonal"},
        "interpolationSchemes": {"default": "linear"},
        "snGradSchemes": {"default": "orthogonal"},
    }


def _solution(problem: AirProblem) -> Block:
    turbulent = problem.turbulence is Turbulence.K_EPSILON
    p, u, t = (0.3, 0.7, 0.9) if turbulent else (0.7, 0.5, 0.7)
    equations: Block = {"U": u, "T": t, "(k|epsilon)": 0.7}
    return {
        "solvers": {"p_rgh": _gamg(1e-10), "(U|T|k|epsilon)": _bicgstab(1e-10)},
        "SIMPLE": {"nNonOrthogonalCorrectors": 0, "pRefCell": 0, "pRefValue": 0},
        "relaxationFactors": {"fields": {"p_rgh": p}, "equations": equations},
    }


def _gamg(tolerance: float) -> Block:
    return {"solver": "GAMG", "smoother": "DICGaussSeidel", "tolerance": tolerance, "relTol": 0.05,
            "cacheAgglomeration": True, "nCellsInCoarsestLevel": 50, "agglomerator": "faceAreaPair",
            "mergeLevels": 1}  # fmt: skip


def _bicgstab(tolerance: float) -> Block:
    return {"solver": "PBiCGStab", "preconditioner": "DILU", "tolerance": tolerance, "relTol": 0.1}


def _decomposition(problem: AirProblem, ranks: int) -> Block:
    """Slabs along x; along y where the room is a cube heated from x, so that both walls are shared."""
    pieces = (1, ranks, 1) if not problem.racks else (ranks, 1, 1)
    return {"numberOfSubdomains": ranks, "method": "simple", "simpleCoeffs": {"n": pieces, "delta": 0.001}}


def _control(own: Block, functions: Block) -> Block:
    common: Block = {
        "startFrom": "startTime",
        "startTime": 0,
        "stopAt": "endTime",
        "writeControl": "timeStep",
        "writeInterval": 1_000_000,
        "purgeWrite": 1,
        "writeFormat": "binary",
        "writePrecision": 10,
        "timeFormat": "general",
    }
    stop: Block = {
        "type": "abort",
        "libs": "(utilityFunctionObjects)",
        "action": "writeNow",
        "file": f'"<case>/{STOP_FILE}"',
    }
    return common | own | {"functions": {"stop": stop} | functions}


def _monitors(problem: AirProblem) -> Block:
    """Rack inlets and exhausts, or the heat of the walls with a temperature, every few iterations."""
    found: Block = {}

    def monitor(name: str, patch: str, operation: str, field: str, more: Block | None = None) -> None:
        own: Block = {
            "type": "surfaceFieldValue",
            "libs": "(fieldFunctionObjects)",
            "regionType": "patch",
            "name": patch,
            "operation": operation,
            "fields": f"({field})",
            "executeControl": "timeStep",
            "executeInterval": EVERY,
            "writeControl": "timeStep",
            "writeInterval": EVERY,
            "writeFields": False,
            "log": False,
        }
        found[name] = own | (more or {})

    for rack in problem.fan_racks:
        front = patch_name(rack.intake)
        monitor(f"mean_{front}", front, "areaAverage", "T")
        monitor(f"max_{front}", front, "max", "T")
    for exhaust in problem.exhausts:
        patch = patch_name(exhaust.port)
        monitor(f"flow_{patch}", patch, "sum", "phi")
        monitor(f"heat_{patch}", patch, "weightedSum", "T", {"weightField": "phi"})
    warm = [wall for wall in problem.walls if wall.temperature is not None]
    if warm:
        found["gradient"] = {
            "type": "grad",
            "libs": "(fieldFunctionObjects)",
            "field": "T",
            "log": False,
            "executeControl": "timeStep",
            "executeInterval": EVERY,
            "writeControl": "none",
        }
    for wall in warm:
        patch = side_patch(wall)
        monitor(f"gradient_{patch}", patch, "areaAverage", "grad(T)")
    return found
