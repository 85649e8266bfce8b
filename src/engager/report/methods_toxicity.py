"""How cytokine release syndrome and neurotoxicity are graded, in the words of the methods paragraph."""

from __future__ import annotations

from collections.abc import Iterator

from engager.endpoints.toxicity.neurotoxicity import ICE_FROM, TREMOR
from engager.plan import AnalysisPlan
from engager.terms.toxicity_scales import SYNDROMES, scales


def toxicity_methods(plan: AnalysisPlan) -> Iterator[str]:
    """Yield the sentence of the topic, where the plan's contents have it."""
    if "toxicity_scales" not in plan.contents:
        return
    names = {syndrome: ", ".join(scale.name for scale in scales(syndrome)) for syndrome in SYNDROMES}
    yield (
        f"Cytokine release syndrome and neurotoxicity are graded from the components recorded, the worst of each day, "
        f"from the first dose on (CRS: {names['CRS']}; ICANS: {names['ICANS']}). A component that is not recorded "
        f"leaves the grade a lower bound, or open. The mental score is ICE from {ICE_FROM:g} years of age at the first "
        f"dose, CAPD below or with developmental delay; {TREMOR}. A fatal outcome recorded of the syndrome is grade 5."
    )
