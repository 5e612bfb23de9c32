"""The states of turn taking, and the picture of how they follow each other.

::

                        floor given
        ┌────────► IDLE ────────────► AWAITING ◄───────────────────────────┐
        │           ▲                  │    │                              │
        │           │ floor taken      │    │ voice over a prompt          │ nod, noise
        │           │ (from any)       │    ▼                              │
        │           │            voice │  OVERLAPPING ─────────────────────┤
        │           │                  │    │ more than a nod: StopPrompt   │
        │           │                  ▼    ▼                              │
        │           │               SPEAKING ◄──────┐                      │
        │           │                  │  silence   │ voice                │
        │           │                  ▼            │                      │
        │           │                PAUSING ───────┘                      │
        │           │                  │ long enough for what was heard ───┘ (nothing heard)
        │           │                  ▼
        │ definite  │                CommitTurn
        └───────────┼──────────────────┤
          or ConfirmTurn               ▼ early            voice
                    └─────────────── GRACE ────────────► RESUMING
                                       ▲      nod           │ more than a nod: RetractTurn
                                       └────────────────────┴───────────────► SPEAKING

A prompt that begins while the citizen speaks brings SPEAKING and PAUSING to OVERLAPPING; one that ends brings
OVERLAPPING back. A key brings every state to AWAITING or IDLE.
"""

from __future__ import annotations

from enum import Enum


class TurnState(Enum):
    """Where the conversation stands, seen from the citizen's mouth."""

    IDLE = "idle"
    """Nobody listens: the floor is not given. Voice is remembered for half a second, not decoded."""
    AWAITING = "awaiting"
    """The floor is given and nothing was said yet; a prompt may still be playing."""
    OVERLAPPING = "overlapping"
    """The citizen's voice over an interruptible prompt: nod or interruption, not decided yet."""
    SPEAKING = "speaking"
    """The last frame of the turn was voiced."""
    PAUSING = "pausing"
    """Silence inside a turn, or its end: not decided yet."""
    GRACE = "grace"
    """Committed early: may still be taken back."""
    RESUMING = "resuming"
    """Voice after an early commit: the rest of the turn, or a nod to the answer; not decided yet."""
