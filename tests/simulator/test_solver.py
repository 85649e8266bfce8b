"""The solver: right, to the last bit the same however it is run, and nobody is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from tests.simulator.small_model import MODEL, exact, patients

from engager.errors import InputError
from engager.simulator.solving import reference, solver
from engager.simulator.solving.kernels import kernel_of
from engager.simulator.solving.solver import Settings, solve
from engager.simulator.solving.trajectories import Status, Trajectories
from engager.simulator.treatment.schedule import Pieces

TIMES = np.linspace(0, 20, 41)
N = 37


def solution(tolerance: float = 1e-4, precision: solver.Precision = "double", threads: int = 1) -> Trajectories:
    """Return the solution of the small model's patients."""
    constants, pieces = patients(N)
    settings = Settings(tolerance, precision, threads)
    return solve(MODEL, constants, MODEL.initial(constants), pieces, TIMES, settings=settings)


def apart(found: Trajectories) -> np.ndarray:
    """Return the largest difference from the exact solution of each state that has one, in units of its peak."""
    constants, pieces = patients(N)
    truth = exact(constants, pieces, TIMES)
    peak = np.where(np.arange(3) == 1, 1.0, np.abs(truth).max(axis=(0, 1)))
    return np.asarray((np.abs(found.values[..., :3] - truth) / peak).max(axis=(0, 1)))


@pytest.mark.parametrize(
    ("tolerance", "precision", "error"), [(1e-3, "double", 3e-3), (1e-9, "double", 1e-8), (1e-3, "single", 3e-3)]
)
def test_infusions_are_met_exactly(tolerance: float, precision: solver.Precision, error: float) -> None:
    """Amount, cleared amount and growth against the exact solution, with starts and stops at times of their own."""
    assert (apart(solution(tolerance, precision)) < error).all()


def test_the_oracle_agrees_with_the_exact_solution_and_the_kernel() -> None:
    """The plain solver is right where it can be held against an answer, and the kernel agrees with it elsewhere."""
    constants, pieces = patients(N)
    plain = reference.solve(MODEL, constants, MODEL.initial(constants), pieces, TIMES)
    assert (apart(plain) < 1e-6).all()
    assert (plain.status == Status.LSODA).all()
    np.testing.assert_allclose(solution(1e-7).values, plain.values, rtol=5e-6, atol=5e-6)


def test_the_method_is_of_fourth_order() -> None:
    """With steps that are halved, without control, the error falls by about 2^4."""
    errors = np.array([fixed_steps(count) for count in (32, 64, 128)])
    orders = np.log2(errors[:-1] / errors[1:])
    assert (np.abs(orders - 4) < 0.2).all(), orders


def fixed_steps(count: int) -> float:
    """Return the error at day 8 of the logarithm of a growing number of cells, after so many steps."""
    kernel, constants = kernel_of(MODEL, "double"), MODEL.individual({"w": 10}, {"g": 1.5})
    layout, w = kernel.LAYOUT, solver.workspace(kernel)
    load, step, accept = kernel.load, kernel.step, kernel.accept

    @njit
    def run(w, constants, initial, count, h):  # type: ignore[no-untyped-def]
        for i in range(8):
            load(w, i, constants)
            for s in range(4):
                w[(layout.y + s) * 8 + i] = initial[s]
            w[layout.hg * 8 + i], w[layout.hi * 8 + i], w[layout.accepted * 8 + i] = 4 / h, 1 / h, 1
            w[layout.input * 8 + i] = 0
        for _ in range(count):
            step(w, 1.0)
            accept(w)

    run(w, constants[0], MODEL.initial(constants)[0], count, 16.0 / count)
    none = Pieces(np.zeros((1, 1)), np.zeros((1, 1, 1)))
    truth = exact(constants, none, np.array([16.0]))[0, 0, 1]
    return float(abs(w[(layout.y + 1) * 8] - truth))


@given(st.permutations(range(N)), st.integers(1, N), st.integers(1, 3), st.integers(1, 3))
def test_a_patient_is_solved_the_same_however_the_others_are(
    order: list[int], count: int, threads: int, thinned: int
) -> None:
    """Bitwise: any order, any number of patients, any number of threads and portions, any grid of times."""
    whole = solution()
    constants, pieces = patients(N)
    which = np.array(order[:count])
    some = Pieces(pieces.times[which], pieces.values[which])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(solver, "PORTION", 5)
        found = solve(
            MODEL, constants[which], MODEL.initial(constants)[which], some, TIMES[::thinned],
            until=20.0, settings=Settings(1e-4, threads=threads),
        )  # fmt: skip
    assert np.array_equal(found.values, whole.values[which][:, ::thinned])
    assert np.array_equal(found.final, whole.final[which])


def test_a_solution_goes_on_from_where_another_ended() -> None:
    """From `final` on it is, to the tolerance, as if there had been no break; each patient breaks at another time."""
    constants, pieces = patients(N)
    breaks = np.linspace(1, 15, N)
    early = np.where(TIMES[None] <= breaks[:, None], TIMES[None], np.nan)
    first = solve(MODEL, constants, MODEL.initial(constants), pieces, early, until=breaks, settings=Settings(1e-8))
    late = np.broadcast_to([20.0], (N, 1))
    second = solve(MODEL, constants, first.final, pieces, late, start=breaks, settings=Settings(1e-8))
    assert np.isnan(first.values[0, 3:]).all()
    np.testing.assert_allclose(second.final, solution(1e-8).final, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(second.final, second.values[:, 0], rtol=1e-12)


def test_who_fails_is_tried_again_and_then_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With too few steps allowed, LSODA finds it; with numbers that no solver can hold, the patient is named."""
    constants, pieces = patients(6)
    initial = MODEL.initial(constants)
    initial[4, 1] = 1e305
    monkeypatch.setattr(solver, "MOST_STEPS", 3)
    monkeypatch.setattr(reference, "MOST_RATES", 20_000)
    found = solve(MODEL, constants, initial, pieces, TIMES)
    assert found.failed == [4]
    assert np.isnan(found.final[4]).all()
    assert found.status.tolist() == [2, 2, 2, 2, 3, 2]
    assert np.isfinite(found.values[:4]).all()
    monkeypatch.setattr(solver, "MOST_STEPS", 300)
    again = solve(MODEL, constants, initial, pieces, TIMES)
    assert again.status.tolist() == [0, 0, 0, 0, 3, 0]


def test_what_does_not_fit_is_told() -> None:
    """Shapes, times that fall, numbers that are none: all at once."""
    constants, pieces = patients(3)
    initial = MODEL.initial(constants)
    broken = initial.copy()
    broken[1, 0] = np.nan
    with pytest.raises(InputError) as raised:
        solve(MODEL, constants[:, :4], broken, Pieces(pieces.times[:2], pieces.values[:2]), [3.0, 2.0])
    assert len(raised.value.issues) == 4
    with pytest.raises(InputError, match="no patient"):
        solve(MODEL, constants[:0], initial[:0], Pieces(pieces.times[:0], pieces.values[:0]), TIMES)
    with pytest.raises(InputError, match="times before the start"):
        solve(MODEL, constants, initial, pieces, TIMES, start=1.0)
    with pytest.raises(InputError, match="an end before the start"):
        solve(MODEL, constants, initial, pieces, [30.0], start=30.0, until=20.0)


def test_nothing_to_do_is_done() -> None:
    """Times at the start alone give the initial states."""
    constants, pieces = patients(3)
    initial = MODEL.initial(constants)
    found = solve(MODEL, constants, initial, pieces, [0.0])
    assert np.array_equal(found.final, initial)
    assert np.array_equal(found.values[:, 0], initial)
