"""Make the data of the verification anew: seeded, with many ties, and a few cases by hand.

    python verification/make_data.py

The Tuebingen case is what a paper prints: times and states of nine patients.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"
Rows = list[list[object]]

BY_HAND: dict[str, tuple[list[float], list[int]]] = {
    "tuebingen": ([675, 1851, 1490, 17, 655, 398, 58, 166, 265], [0, 0, 0, 1, 1, 1, 1, 1, 1]),
    "one_event": ([11], [1]),
    "one_censored": ([11], [0]),
    "all_censored": ([4, 6, 6, 9], [0, 0, 0, 0]),
    "all_tied": ([7, 7, 7, 7, 7], [1, 1, 0, 1, 0]),
    "at_origin": ([0, 0, 2, 5, 5, 8], [1, 0, 1, 1, 0, 0]),
    "flat_half": ([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 1, 1]),
    "half_to_the_end": ([1, 2, 3, 4], [1, 1, 0, 0]),
    "rounding_ties": ([0.1 + 0.2, 0.3, 0.7, 0.8 - 0.1, 1.5], [1, 0, 1, 1, 0]),
    "censored_first": ([1, 3, 3, 6, 10, 12], [0, 1, 0, 1, 0, 1]),
}


def write(name: str, header: list[str], rows: Rows) -> None:
    """Write one file, numbers with all their digits."""
    with (DATA / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([[repr(v) if isinstance(v, float) else v for v in row] for row in rows])


def survival(random: np.random.Generator) -> Rows:
    """Cases by hand, one of whole days with ties and one of fine times; groups a to c, strata u and v."""
    rows: Rows = []
    for case, (times, states) in BY_HAND.items():
        pairs = zip(times, states, strict=True)
        rows += [[case, float(t), e, "ab"[i % 2], "u"] for i, (t, e) in enumerate(pairs)]
    for case, n, groups, unit in (("days", 90, "abc", 1.0), ("two_groups", 26, "ab", 1.0), ("fine", 70, "ab", 0.0)):
        group = random.integers(0, len(groups), n)
        event, follow_up = random.exponential(30 + 12 * group), random.uniform(5, 80, n)
        time = np.minimum(event, follow_up)
        time = np.ceil(time) if unit else time
        happened = (event <= follow_up).astype(int)
        stratum = random.integers(0, 2, n)
        rows += [[case, float(time[i]), int(happened[i]), groups[group[i]], "uv"[stratum[i]]] for i in range(n)]
    return rows


def competing(random: np.random.Generator) -> Rows:
    """Two or three causes: `weeks` with many ties, `fine` with none, `small` by hand with causes tied together."""
    rows: Rows = []
    for case, n, causes, step in (("weeks", 120, 2, 4.0), ("fine", 60, 2, 0.0), ("three", 75, 3, 6.0)):
        group, stratum = random.integers(0, 3, n), random.integers(0, 2, n)
        times = random.exponential(60 + 25 * group[:, None] * np.arange(causes), (n, causes))
        end, follow_up = times.min(axis=1), random.uniform(10, 120, n)
        cause = np.where(end <= follow_up, times.argmin(axis=1) + 1, 0)
        time = np.minimum(end, follow_up)
        time = np.ceil(time / step) if step else time
        rows += [[case, float(time[i]), int(cause[i]), "abc"[group[i]], "uv"[stratum[i]]] for i in range(n)]
    small = [(3, 1), (3, 2), (3, 0), (5, 1), (5, 1), (5, 2), (8, 0), (8, 2), (9, 1), (9, 0), (12, 2), (12, 2)]
    return rows + [["small", float(t), c, "ab"[i % 2], "u"] for i, (t, c) in enumerate(small)]


def regression(random: np.random.Generator) -> Rows:
    """Survival with a score, a binary covariate and a factor of three levels; 100 patients, and 14 with few events."""
    rows: Rows = []
    for case, n in (("large", 100), ("few", 14)):
        score, sign = random.normal(0, 1, n).round(2), random.integers(0, 2, n)
        kind, stratum = random.integers(0, 3, n), random.integers(0, 2, n)
        event = random.exponential(50 * np.exp(-0.5 * score - 0.7 * sign + 0.3 * (kind == 1)))
        follow_up = random.uniform(10, 90, n) / (1 if case == "large" else 4)
        time, happened = np.ceil(np.minimum(event, follow_up)), (event <= follow_up).astype(int)
        rows += [
            [case, float(time[i]), int(happened[i]), float(score[i]), int(sign[i]), "klm"[kind[i]], "uv"[stratum[i]]]
            for i in range(n)
        ]
    return rows


def later_treatment(random: np.random.Generator) -> Rows:
    """Time, state and the time of a later treatment, empty for never."""
    n = 50
    event, follow_up, switch = random.exponential(60, n), random.uniform(20, 120, n), random.exponential(40, n)
    time = np.ceil(np.minimum(event, follow_up))
    switched = np.ceil(switch)
    return [
        [float(time[i]), int(event[i] <= follow_up[i]), float(switched[i]) if switched[i] < time[i] else ""]
        for i in range(n)
    ]


def measured(random: np.random.Generator) -> Rows:
    """Values of two groups with and without ties, and of three groups."""
    rows: Rows = []
    cases = (("ties", 13, 11, 0), ("no_ties", 8, 9, 3), ("many_ties", 60, 45, 0), ("tiny", 3, 2, 1))
    for case, m, n, digits in cases:
        for label, size, mean in (("x", m, 5.0), ("y", n, 6.5)):
            rows += [[case, label, float(v)] for v in random.normal(mean, 2, size).round(digits)]
    for label, mean in (("x", 3.0), ("y", 4.0), ("z", 4.5)):
        rows += [["three", label, float(v)] for v in random.normal(mean, 1, 12).round(0)]
    return rows


def paired(random: np.random.Generator) -> Rows:
    """Pairs of values, with ties and zeros, and without."""
    rows: Rows = []
    for case, n, digits in (("ties", 16, 0), ("no_ties", 12, 3)):
        first = random.normal(10, 2, n).round(digits)
        second = (first + random.normal(1, 2, n)).round(digits)
        rows += [[case, float(a), float(b)] for a, b in zip(first, second, strict=True)]
    return rows


def rated(random: np.random.Generator) -> Rows:
    """Grades 1 to 4 of two raters, and a marker with the state that it should tell."""
    first = random.integers(1, 5, 70)
    second = np.clip(first + random.choice([-1, 0, 1], 70, p=[0.2, 0.6, 0.2]), 1, 4)
    state = random.integers(0, 2, 70)
    marker = (random.normal(0, 1, 70) + state).round(1)
    return [[int(first[i]), int(second[i]), float(marker[i]), int(state[i])] for i in range(70)]


def main() -> None:
    """Write every file."""
    DATA.mkdir(exist_ok=True)
    random = np.random.Generator(np.random.PCG64(20240229))
    write("survival.csv", ["case", "time", "event", "group", "stratum"], survival(random))
    write("competing.csv", ["case", "time", "cause", "group", "stratum"], competing(random))
    header = ["case", "time", "event", "score", "sign", "kind", "stratum"]
    write("regression.csv", header, regression(random))
    write("later_treatment.csv", ["time", "event", "switch"], later_treatment(random))
    write("measured.csv", ["case", "group", "value"], measured(random))
    write("paired.csv", ["case", "first", "second"], paired(random))
    write("rated.csv", ["first", "second", "marker", "state"], rated(random))
    tables = [
        "7 2;3 8",
        "0 5;6 1",
        "4 4;4 4",
        "12 0;0 9",
        "1 0;3 20",
        "2 5 1;6 1 2;1 2 7",
        "3 0 4;1 5 2",
        "8 3 2 1;2 4 5 3;1 2 3 9",
    ]
    write("tables.csv", ["table"], [[table] for table in tables])


if __name__ == "__main__":
    main()
