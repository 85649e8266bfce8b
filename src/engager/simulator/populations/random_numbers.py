"""Random numbers that belong to a patient: the same whatever the number of patients, the chunk and the worker.

Every purpose ("age", "visit 3") has a stream of its own, keyed by the seed and the purpose's name, and patient k has
the k-th number of it. So a further variable, a second chunk or a later visit changes no number drawn for another.
The generator is Philox 4x64, which computes any number of its sequence at once (Salmon 2011, Proc. SC11).
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from engager.errors import InputError, Issue, Severity, option

Floats = NDArray[np.float64]

# Numbers that one counter of Philox 4x64 gives.
_WORDS = 4
_BITS = 53


def uniforms(seed: int, purpose: str, patients: range) -> Floats:
    """Return a number between 0 and 1, neither of them ever, for each patient.

    Args:
        seed: the seed of the simulation, 0 or more.
        purpose: what the numbers are for; every other purpose has numbers of its own.
        patients: the patients' indices from 0, one after the other.

    Examples:
        >>> all_of_them = uniforms(1, "age", range(6))
        >>> bool((uniforms(1, "age", range(3, 6)) == all_of_them[3:]).all())
        True
    """
    stream = np.random.Philox(key=_key(seed, purpose))
    stream.advance(patients.start // _WORDS)
    skipped = patients.start % _WORDS
    words = stream.random_raw(skipped + len(patients))[skipped:]
    return np.asarray(((words >> np.uint64(64 - _BITS)) + 0.5) * 2.0**-_BITS, dtype=np.float64)


def normals(seed: int, purpose: str, patients: range) -> Floats:
    """Return a standard normal number for each patient: the quantiles of `uniforms`."""
    from scipy.special import ndtri

    return np.asarray(ndtri(uniforms(seed, purpose, patients)), dtype=np.float64)


def uniform_table(seed: int, purpose: str, patients: range, columns: int) -> Floats:
    """Return so many numbers between 0 and 1 for each patient, one row a patient; more columns change none before."""
    table = np.empty((len(patients), columns))
    for column in range(columns):
        table[:, column] = uniforms(seed, f"{purpose}/{column}", patients)
    return table


def generator(seed: int, purpose: str, patient: int) -> np.random.Generator:
    """Return a NumPy generator of one patient's own, for draws whose number is not known beforehand.

    Examples:
        >>> int(generator(1, "cells", 7).integers(100)) == int(generator(1, "cells", 7).integers(100))
        True
    """
    return np.random.Generator(np.random.Philox(key=_key(seed, f"{purpose}/own"), counter=[0, 0, patient, 0]))


def checked_seed(seed: int) -> int:
    """Return the seed; InputError below 0 or above 63 bits."""
    if not 0 <= seed < 2**63:
        raise InputError(Issue(Severity.ERROR, "seed", option("seed"), str(seed), "a whole number from 0 to 2^63"))
    return seed


def _key(seed: int, purpose: str) -> NDArray[np.uint64]:
    """Return the 128 bits of a stream's key; a hash, so that neighbouring seeds and like names share nothing."""
    digest = hashlib.sha256(f"{seed}\n{purpose}".encode()).digest()
    return np.frombuffer(digest[:16], dtype="<u8").astype(np.uint64)
