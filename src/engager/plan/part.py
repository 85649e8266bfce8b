"""What every part of the plan is: immutable, and strict about its keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of the plan: immutable, and no key beyond those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")
