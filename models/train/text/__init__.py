"""Korean sentences without end, from which the embedded recogniser learns to write what it hears."""

from models.train.text.hangul import key
from models.train.text.mixture import sentences

__all__ = ["key", "sentences"]
