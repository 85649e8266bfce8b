"""The end of a clone: below a few cells chance decides, and a clone that has died out does not come back.

The model follows the expected number of cells. A clone of which n cells are expected has died out with probability
exp(-n), as for cells that die independently; so each patient's clone gets one exponential number, and is gone once
fewer cells are expected than that.
"""

from __future__ import annotations

import numpy as np

from engager.simulator.courses.course import Ward
from engager.simulator.courses.segment import Segment

# The logarithm of cells of a clone that is gone: no growth of years brings it back to one cell.
GONE = -600.0


def end_small_clones(ward: Ward, segment: Segment) -> None:
    """Set the clones to nothing that died out in a segment.

    CD19-negative cells arise anew from CD19-positive ones, so they are gone for good only when these are.
    """
    which, model = segment.which, ward.treatment.model
    at = {state.name: number for number, state in enumerate(model.states)}
    lived = segment.lived()
    positive = np.where(lived, segment.states[:, :, at["lnLp"]], np.inf).min(axis=1)
    gone = np.exp(np.minimum(positive, 50)) < ward.extinct_below["lnLp"][which]
    ward.states[which[gone], at["lnLp"]] = GONE
    negative = ward.states[which, at["lnLn"]]
    also = gone & (np.exp(np.minimum(negative, 50)) < ward.extinct_below["lnLn"][which])
    ward.states[which[also], at["lnLn"]] = GONE
