"""The simulator's model as mathematics and tables, written from the model's text into the page that explains it.

python docs/simulator_pages.py            # writes the parts between the marks of docs/explanation/simulator_model.md
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from engager.simulator.models.expression import parse
from engager.simulator.models.model import Model, Parameter
from engager.simulator.models.text import read_model

PAGE = Path(__file__).parent / "explanation" / "simulator_model.md"
_GREEK = {"mu": r"\mu", "tau": r"\tau", "phi": r"\varphi", "eps": r"\varepsilon"}
_NAMES = {
    "lnLp": r"\ln L_{+}", "lnLn": r"\ln L_{-}", "Lp": "L_{+}", "Ln": "L_{-}",
    "Lb": r"L_{\mathrm{b}}", "T0": "T_0", "B0": "B_0", "N0": "N_0", "P0": "P_0", "D50": "D_{50}", "kZ": "k_Z",
    "kz": "k_z", "CL": r"\mathrm{CL}", "ECa": r"\mathrm{EC}_{\mathrm{a}}", "ECk": r"\mathrm{EC}_{\mathrm{k}}",
    "ECy": r"\mathrm{EC}_{\mathrm{y}}", "KD3": r"K_{\mathrm{D},3}", "KD19": r"K_{\mathrm{D},19}",
    "fit0": r"\mathrm{fit}_0",
}  # fmt: skip
_WORDS = {
    "drv", "late", "rest", "fit", "wear", "stem", "blasts", "neg", "BSA", "cap", "ret", "coop", "gap", "mass",
    "contact",
}  # fmt: skip
_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4


def symbol(name: str) -> str:
    """Return a name of the model as mathematics: its first letter, the rest as an index."""
    if name in _NAMES or name in _GREEK:
        return _NAMES.get(name) or _GREEK[name]
    if len(name) == 1:
        return name
    if name in _WORDS:
        return rf"\mathrm{{{name}}}"
    return rf"{name[0]}_{{\mathrm{{{name[1:]}}}}}"


def mathematics(text: str) -> str:
    """Return an expression of the model's text as LaTeX."""
    return _written(parse(text))[0]


def _written(tree: ast.expr) -> tuple[str, int]:
    """Return LaTeX and how tightly it holds together."""
    match tree:
        case ast.Constant(value=value):
            return _number(float(value))
        case ast.Name(id=name):
            return symbol(name), _PRODUCT if symbol(name).startswith(r"\ln") else _ATOM
        case ast.UnaryOp(operand=operand):
            return f"-{_held(operand, _PRODUCT)}", _SUM
        case ast.BinOp():
            return _joined(tree)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _called(name, arguments), _POWER if name == "pow" else _ATOM
    raise TypeError(ast.dump(tree))


def _joined(tree: ast.BinOp) -> tuple[str, int]:
    """Return two operands joined, in brackets where they would fall apart; a minus may lead a product."""
    left, right = tree.left, tree.right
    match tree.op:
        case ast.Add():
            return f"{_held(left, _SUM)} + {_held(right, _SUM)}", _SUM
        case ast.Sub():
            return f"{_held(left, _SUM)} - {_held(right, _PRODUCT)}", _SUM
        case ast.Mult():
            leads = isinstance(left, ast.UnaryOp)
            first = _held(left, _SUM if leads else _PRODUCT)
            return rf"{first}\,{_held(right, _PRODUCT)}", _SUM if leads else _PRODUCT
        case ast.Div():
            return rf"\frac{{{_written(left)[0]}}}{{{_written(right)[0]}}}", _POWER
    return f"{_held(left, _ATOM)}^{{{_written(right)[0]}}}", _POWER


def _held(tree: ast.expr, tightness: int) -> str:
    text, holds = _written(tree)
    return text if holds >= tightness else rf"\left({text}\right)"


def _number(value: float) -> tuple[str, int]:
    digits, _, exponent = f"{value:.6g}".partition("e")
    if not exponent:
        return digits, _ATOM
    return (rf"10^{{{int(exponent)}}}" if digits == "1" else rf"{digits} \times 10^{{{int(exponent)}}}"), _PRODUCT


def _called(name: str, arguments: list[ast.expr]) -> str:
    if name == "pow":
        return f"{_held(arguments[0], _ATOM)}^{{{_written(arguments[1])[0]}}}"
    inner = [_written(argument)[0] for argument in arguments]
    if name == "exp":
        return f"e^{{{inner[0]}}}"
    if name == "sqrt":
        return rf"\sqrt{{{inner[0]}}}"
    if name == "hill":
        return rf"\mathrm{{H}}\left({', '.join(inner)}\right)"
    return rf"\{'ln' if name == 'log' else name}\left({', '.join(inner)}\right)"


def equations(model: Model, names: Iterable[str] | None = None) -> Iterator[str]:
    """Yield a model's algebra, then its rates, as display mathematics with a line of words each."""
    wanted = None if names is None else set(names)
    for each in model.algebra:
        if wanted is None or each.name in wanted:
            yield from _display(symbol(each.name), mathematics(each.expression), each.meaning)
    for state in model.states:
        if wanted is None or state.name in wanted:
            left = rf"\frac{{\mathrm{{d}}\,{symbol(state.name)}}}{{\mathrm{{d}}t}}"
            yield from _display(left, mathematics(state.rate), f"{state.meaning}; {_start(state.initial)}")


def _start(initial: str) -> str:
    return f"from ${mathematics(initial)}$"


def _display(left: str, right: str, meaning: str) -> Iterator[str]:
    yield from (f"{meaning[:1].upper()}{meaning[1:]}:", "", "$$", f"{left} = {right}", "$$", "")


def parameter_table(model: Model) -> Iterator[str]:
    """Yield the parameters as a table: symbol, name in the text, value, unit, spread, tag, source, meaning."""
    yield "| symbol | name | value | unit | spread | tag | meaning | source |"
    yield "|---|---|---|---|---|---|---|---|"
    for each in model.parameters:
        value = each.value if _is_number(each.value) else f"`{each.value}`"
        cells = [
            f"${symbol(each.name)}$",
            f"`{each.name}`",
            value,
            each.unit,
            spread(each),
            each.tag,
            each.meaning,
            each.source,
        ]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def spread(parameter: Parameter) -> str:
    """Return the between-patient variation in words, empty for none."""
    if parameter.cv is not None:
        return f"{parameter.cv:g} %"
    return f"SD {parameter.sd:g}" if parameter.sd is not None else ""


def _is_number(text: Any) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def parts() -> dict[str, list[str]]:
    """Return the generated parts of the page by their marks."""
    model, trimer = read_model("blinatumomab"), read_model("blinatumomab", ["trimer"])
    own = {each.name: each for each in model.algebra}
    added = [each.name for each in trimer.algebra if own.get(each.name) != each]
    return {
        "equations": list(equations(model)),
        "parameters": list(parameter_table(model)),
        "trimer": list(equations(trimer, added)),
    }


def with_parts(text: str) -> str:
    """Return a page with what stands between each pair of marks written anew."""
    for name, lines in parts().items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        before, _, rest = text.partition(begin)
        if not rest or end not in rest:
            raise ValueError(f"no marks `{begin}` and `{end}`")
        text = "\n".join([before + begin, "", *lines, "", end + rest.partition(end)[2]])
    return text


if __name__ == "__main__":
    PAGE.write_text(with_parts(PAGE.read_text("utf-8")), "utf-8")
