"""How a solver says that it failed. Bad input is geometry.errors.InputError."""


class SolverError(RuntimeError):
    """A run failed; the program ends with exit status 1."""


class BalanceError(SolverError):
    """A conservation audit is broken: the numbers must not be used."""


class DivergenceError(SolverError):
    """A field left its physical range; the message says where and the likely cause."""
