"""The text of a model's kernel: straight-line functions over the lanes of a workspace, which LLVM packs.

The workspace is one array of rows, a row a quantity, an entry a lane (a patient). Each function below loops once over
the lanes with everything unrolled inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sympy import Expr, Symbol

from engager.simulator.codegen import rodas
from engager.simulator.codegen.assignments import Constants, listed, spelled_out
from engager.simulator.codegen.elimination import Elimination, eliminate
from engager.simulator.codegen.equations import Assignment, Equations
from engager.simulator.codegen.printing import Style, printed
from engager.simulator.solving.integrator import Layout

# What is smaller than this part of a state's scale is 0: quantities that decay would become denormal, which is slow.
FLUSHED = {"double": 1e-40, "single": 1e-15}


SCALAR = Style(
    repr, {"exponential": "exp", "natural": "log", "root": "sqrt", "reciprocal": "inverse", "positive": "abs"}
)


@dataclass(frozen=True)
class Precision:
    """A precision: its name, how many lanes go side by side, how a number is written."""

    name: str
    lanes: int
    style: Style


DOUBLE = Precision("double", 8, Style())
SINGLE = Precision("single", 16, Style(lambda number: f"real({number!r})"))


class Kernel:
    """The kernel of some equations in one precision, as text."""

    def __init__(self, equations: Equations, precision: Precision) -> None:
        self.equations, self.precision = equations, precision
        self.size, self.lanes = len(equations.states), precision.lanes
        self.constants = Constants(frozenset(equations.constants))
        self.rows: dict[str, int] = {}
        for name in ("y", *(f"k{stage}" for stage in range(1, rodas.STAGES)), "x", "a", "g", "u", "v"):
            self._add_rows(name, self.size)
        for name in ("hg", "hi", "error", "factor", "accepted"):
            self._add_rows(name, 1)
        self._add_rows("input", len(equations.inputs))

    @cached_property
    def elimination(self) -> Elimination:
        """The elimination of the matrix, its entries given rows."""
        found = eliminate(self.size, self.equations.jacobian)
        for row, column in found.entries:
            self._add_rows(f"m_{row}_{column}", 1)
        return found

    def text(self) -> str:
        """Return the functions, and the numbers that the integrator asks for."""
        wide = self.size * self.lanes
        bodies = [
            self._function("prepare", "w_", self._prepare()),
            self._function("stage", "w_", self._stage()),
            *(self._function(f"combine{stage}", "w_", self._combine(stage), wide) for stage in range(1, rodas.STAGES)),
            self._function("finish", "w_, inverse_tolerance_", self._finish()),
            self._function("accept", "w_", self._accept()),
            self._function("dense", "w_", self._dense(), wide),
        ]
        return "\n\n\n".join([self._numbers(), *bodies, self._load(), self._step()])

    def _add_rows(self, name: str, count: int) -> None:
        self.rows[name] = self.rows.get("end", 0)
        self.rows["end"] = self.rows[name] + count

    def _at(self, name: str, number: int = 0) -> str:
        return f"w_[{(self.rows[name] + number) * self.lanes} + i_]"

    def _constant(self, symbol: Symbol) -> str:
        if f"c:{symbol}" not in self.rows:
            self._add_rows(f"c:{symbol}", 1)
        return self._at(f"c:{symbol}")

    def _function(self, name: str, arguments: str, body: Iterable[str], count: int | None = None) -> str:
        lines = [
            f"@part\ndef {name}({arguments}):",
            "    widest_vectors()",
            f"    for i_ in range({count or self.lanes}):",
        ]
        return "\n".join([*lines, *(f"        {line}" for line in body)])

    def _literal(self, number: float) -> str:
        return self.precision.style.literal(float(number))

    def _assigned(self, results: Mapping[str, Expr], named: Iterable[Assignment], source: str) -> Iterator[str]:
        """Yield the lines that compute results from the states in the rows of `source`."""
        taken = self.constants.taken_out
        wanted = {name: taken(spelled_out(expression)) for name, expression in results.items()}
        ready = [(symbol, taken(spelled_out(expression))) for symbol, expression in named]
        found = listed(wanted, ready)
        used = {s for _, each in found.assignments for s in each.free_symbols}
        used |= {s for each in found.results.values() for s in each.free_symbols}
        yield from self._loaded(used, source)
        for symbol, expression in found.assignments:
            yield f"{symbol} = {printed(expression, self.precision.style)}"
        for name, expression in found.results.items():
            yield f"{name} = {printed(expression, self.precision.style)}"

    def _loaded(self, used: set[Symbol], source: str) -> Iterator[str]:
        for at, state in enumerate(self.equations.states):
            if state in used:
                yield f"{state} = {self._at(source, at)}"
        for at, symbol in enumerate(self.equations.inputs):
            if symbol in used:
                yield f"{symbol} = {self._at('input', at)}"
        for symbol in self.constants.rows.values():
            if symbol in used:
                yield f"{symbol} = {self._constant(symbol)}"

    def _rates(self) -> dict[str, Expr]:
        return {f"x{at}_": rate for at, rate in enumerate(self.equations.rates)}

    def _prepare(self) -> Iterator[str]:
        """Yield the rates and the Jacobian at y, the factors of the matrix, and the first stage."""
        entries = self.equations.jacobian
        matrix = {f"m{row}_{column}_": -entry for (row, column), entry in entries.items()}
        named = (*self.equations.algebra, *self.equations.derivatives)
        yield from self._assigned({**self._rates(), **matrix}, named, "y")
        yield f"hg_ = {self._at('hg')}"
        for at in range(self.size):
            yield f"m{at}_{at}_ = hg_ + m{at}_{at}_" if (at, at) in entries else f"m{at}_{at}_ = hg_"
        yield from self._factors(set(entries) | {(at, at) for at in range(self.size)})
        yield from self._substituted(stored=False)

    def _factors(self, present: set[tuple[int, int]]) -> Iterator[str]:
        found = self.elimination
        for pivot in found.order:
            yield f"m{pivot}_{pivot}_ = reciprocal(m{pivot}_{pivot}_)"
            for row in found.below(pivot):
                yield f"m{row}_{pivot}_ = m{row}_{pivot}_*m{pivot}_{pivot}_"
                for column in found.right(pivot):
                    before = f"m{row}_{column}_" if (row, column) in present else ""
                    present.add((row, column))
                    yield f"m{row}_{column}_ = {before} - m{row}_{pivot}_*m{pivot}_{column}_"
        for row, column in found.entries:
            yield f"{self._at(f'm_{row}_{column}')} = m{row}_{column}_"

    def _substituted(self, *, stored: bool) -> Iterator[str]:
        """Yield forward and backward substitution of x by the factors, and its storing."""
        found = self.elimination

        def factor(row: int, column: int) -> str:
            return self._at(f"m_{row}_{column}") if stored else f"m{row}_{column}_"

        for pivot in found.order:
            for row in found.below(pivot):
                yield f"x{row}_ = x{row}_ - {factor(row, pivot)}*x{pivot}_"
        for pivot in reversed(found.order):
            terms = "".join(f" - {factor(pivot, column)}*x{column}_" for column in found.right(pivot))
            yield f"x{pivot}_ = (x{pivot}_{terms})*{factor(pivot, pivot)}"
        for at in range(self.size):
            yield f"{self._at('x', at)} = x{at}_"

    def _stage(self) -> Iterator[str]:
        """Yield a later stage: the rates at a, plus g/h, solved into x."""
        yield from self._assigned(self._rates(), self.equations.algebra, "a")
        yield f"hi_ = {self._at('hi')}"
        for at in range(self.size):
            yield f"x{at}_ = x{at}_ + hi_*{self._at('g', at)}"
        yield from self._substituted(stored=True)

    def _combine(self, stage: int) -> Iterator[str]:
        """Yield, over all rows at once, k of a stage, and a and g of the next."""
        yield f"k{stage} = {self._at('x')}"
        yield f"{self._at(f'k{stage}')} = k{stage}"
        for earlier in range(1, stage):
            yield f"k{earlier} = {self._at(f'k{earlier}')}"
        yield f"{self._at('a')} = {self._at('y')}{self._weighted(rodas.A[stage])}"
        yield f"{self._at('g')} = {self._weighted(rodas.C[stage]).removeprefix(' + ')}"

    def _weighted(self, weights: Iterable[float]) -> str:
        terms = ((weight, f"k{stage}") for stage, weight in enumerate(weights, 1))
        return "".join(f" + {k if weight == 1 else f'{self._literal(weight)}*{k}'}" for weight, k in terms)

    def _finish(self) -> Iterator[str]:
        """Yield the end of the step in a, its error in units of the tolerance, and the factor for the next step."""
        yield "inverse_ = real(inverse_tolerance_)"
        yield f"total = {self._literal(0)}"
        for at, state in enumerate(self.equations.model.states):
            scale = self._literal(state.scale)
            yield f"x = {self._at('x', at)}"
            yield f"y = {self._at('a', at)} + x"
            if state.ln:
                yield f"part = x*{self._literal(1 / state.scale)}"
            else:
                floor = self._literal(state.scale * FLUSHED[self.precision.name])
                yield f"y = y if abs(y) > {floor} else {self._literal(0)}"
                yield f"before, after = abs({self._at('y', at)}), abs(y)"
                yield f"part = x*reciprocal({scale} + (after if after > before else before))"
            yield f"{self._at('a', at)} = y"
            yield "total = total + part*part"
        yield f"total = total*({self._literal(1 / self.size)}*inverse_*inverse_)"
        yield f"{self._at('error')} = total"
        tiny = self._literal(1e-12)
        yield f"total = total if total > {tiny} else {tiny}"
        yield f"{self._at('factor')} = exponential({self._literal(-0.125)}*natural(total))"

    def _accept(self) -> Iterator[str]:
        yield f"good = {self._at('accepted')} > {self._literal(0)}"
        for at in range(self.size):
            yield f"old, new = {self._at('y', at)}, {self._at('a', at)}"
            yield f"{self._at('y', at)} = new if good else old"

    def _dense(self) -> Iterator[str]:
        """Yield, over all rows at once, what the solution between the ends of the step needs."""
        for stage in range(1, rodas.STAGES):
            yield f"k{stage} = {self._at(f'k{stage}')}"
        for name, weights in zip("uv", rodas.DENSE, strict=True):
            yield f"{self._at(name)} = {self._weighted(weights).removeprefix(' + ')}"

    def _load(self) -> str:
        """Return the function that writes the constant rows of a lane from a patient's constants, in double."""
        rows = [
            (expression, symbol) for expression, symbol in self.constants.rows.items() if f"c:{symbol}" in self.rows
        ]
        needed = {symbol for expression, _ in rows for symbol in expression.free_symbols}
        lines = ["@part", "def load(w_, i_, c_):"]
        lines += [f"    {symbol} = c_[{at}]" for at, symbol in enumerate(self.equations.constants) if symbol in needed]
        lines += [f"    {self._constant(symbol)} = {printed(expression, SCALAR)}" for expression, symbol in rows]
        return "\n".join(lines)

    def _step(self) -> str:
        """Return the function that makes one step of every lane."""
        lines = ["@part", "def step(w_, inverse_tolerance_):", "    prepare(w_)"]
        for stage in range(1, rodas.STAGES):
            lines += [f"    combine{stage}(w_)", "    stage(w_)"]
        return "\n".join([*lines, "    finish(w_, inverse_tolerance_)"])

    def _numbers(self) -> str:
        """Return the constants of the module: the number of rows, and those that the integrator reads and writes."""
        places = ", ".join(f"{name}={self.rows[name]}" for name in Layout._fields[3:])
        sizes = f"states={self.size}, inputs={len(self.equations.inputs)}, lanes={self.lanes}"
        return f"ROWS = {self.rows['end']}\nLAYOUT = Layout({sizes}, {places})"
