"""Which synthesiser the settings name: ours, or one that another package brings.

Another package registers itself under the entry point group ``voicebot.synthesisers``::

    [project.entry-points."voicebot.synthesisers"]
    harp = "harp_voicebot:make"        # make(settings: SynthesiserSettings) -> ports.Synthesiser

and is chosen by ``[tts] engine = "harp"``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

from voicebot.adapters.synthesis import edge, espeak
from voicebot.config import SynthesiserSettings
from voicebot.errors import ConfigurationError
from voicebot.ports import Synthesiser

GROUP = "voicebot.synthesisers"

Factory = Callable[[SynthesiserSettings], Synthesiser]


def load_synthesiser(settings: SynthesiserSettings) -> Synthesiser:
    """Make the synthesiser that ``[tts]`` names.

    Raises:
        ConfigurationError: There is none of that name, or it cannot start; names those there are.
    """
    own = _OWN.get(settings.engine)
    if own is not None:
        return own(settings)
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    entry = found.get(settings.engine)
    if entry is None:
        known = ", ".join(sorted({*_OWN, *found}))
        raise ConfigurationError(f"[tts.engine] no synthesiser {settings.engine!r}; installed are: {known}")
    try:
        factory: Factory = entry.load()
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"[tts.engine] {settings.engine!r} cannot be loaded from {entry.value} ({error}); "
            "reinstall the package that brings it"
        ) from error
    return factory(settings)


def load_fallback(settings: SynthesiserSettings) -> Synthesiser:
    """The local synthesiser for what the chosen one must not see or cannot speak.

    Raises:
        ConfigurationError: eSpeak NG is missing.
    """
    return espeak.EspeakSynthesiser(
        voice=settings.voice if settings.engine == "espeak" else espeak.DEFAULT_VOICE,
        words_per_minute=settings.words_per_minute,
    )


def _edge(settings: SynthesiserSettings) -> Synthesiser:
    # The default of the settings names eSpeak's voice.
    voice = edge.DEFAULT_VOICE if settings.voice == espeak.DEFAULT_VOICE else settings.voice
    return edge.EdgeSynthesiser(voice=voice, words_per_minute=settings.words_per_minute)


_OWN: Mapping[str, Factory] = {"espeak": load_fallback, "edge": _edge}
