"""Every number that turn taking is tuned by, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voicebot.errors import ConfigurationError
from voicebot.speech.events import AnswerShape, Completeness
from voicebot.speech.waits import WAITS, Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSettings:
    """Settings of turn taking; the defaults are measured in ``docs/TURN_TAKING.md``."""

    # --- voice on and off ---------------------------------------------------------------------------------

    onset_probability: float = 0.5
    """Voice begins at this probability: Silero's own default threshold."""
    stay_probability: float = 0.3
    """Voice goes on above this: Silero's default hysteresis is 0.15 below the threshold, ours is wider
    because the level decides the end."""
    held_vowel_db: float = 12.0
    """A vowel that Silero no longer believes in stays voice while its level is this close to the speech
    level: closer than line noise on the worst usable line (15 dB below speech)."""
    held_vowel_ms: float = 300.0
    """…and for no longer than this, so that noise as loud as speech holds a turn open no longer either."""
    margin_db: float = 6.0
    """A voiced frame stands this far above the noise floor: telephone noise jitters by 1–2 dB a 20 ms
    frame."""
    dynamic_range_db: float = 28.0
    """Below the running speech level by more than this is the tail of a word or room echo, not a syllable:
    unstressed Korean vowels and nasals stay within 25 dB of stressed ones."""
    quietest_dbfs: float = -58.0
    """Quieter than this is never voice: telephone speech lies between -35 and -12 dBFS (ITU-T P.56
    levels)."""
    echo_share: float = 0.5
    """A frame explained as echo of our prompt to at least this degree is not the citizen's voice."""

    # --- utterances ---------------------------------------------------------------------------------------

    onset_ms: float = 40.0
    """Voiced audio that begins an utterance: two frames, so that a click does not."""
    pre_roll_ms: float = 200.0
    """Audio before the onset that is recognised too: soft consonants precede the first voiced frame, and the
    recogniser needs a lead."""
    stretch_pause_ms: float = 260.0
    """A pause from which on only what follows is recognised: longer than any closure inside a word, and than
    the pre-roll, so that no voice is recognised twice."""
    longest_stretch_s: float = 28.0
    """A turn without such a pause is ended here: recording and recogniser hold 30 s."""
    longest_turn_s: float = 90.0
    """A turn is ended here: by then the dialogue should say that it listens, or a television is on."""
    early_answer_ms: float = 600.0
    """Speech that ended within this time before the end of the prompt answers it: people answer a question as
    soon as they see its end coming, up to half a second early."""
    empty_voiced_ms: float = 800.0
    """More voice than this in which no word was recognised is reported as a turn without text, so that the
    dialogue asks again; less is a cough or a door."""

    # --- decodes ------------------------------------------------------------------------------------------

    partial_every_ms: float = 300.0
    """New voice between two partial decodes: a partial costs as much as a final, 3 a second are enough."""
    partial_growth: float = 0.1
    """…and at least this share of the utterance, so that a long story costs no more a second than a short
    one."""
    speculate_closed_ms: float = 60.0
    """Silence after which a closed answer is decoded in case it is over: the answer must be there at 80
    ms."""
    speculate_other_ms: float = 140.0
    """The same for numbers and stories, which end after 300 ms at the earliest: skips the closures of stops,
    which would otherwise cost a decode each."""
    decode_spare_ms: float = 60.0
    """Speculation begins this much earlier than the earliest end less the learned decode time."""
    upgrade_after_ms: float = 300.0
    """A speculative decode that has not come back by then waits behind others: it is asked for as a final."""
    decode_timeout_s: float = 3.0
    """A decode that has not come back by then never will: the turn goes on without it."""

    # --- end of turn --------------------------------------------------------------------------------------

    waits: Mapping[tuple[AnswerShape, Completeness], Wait] = field(default_factory=lambda: WAITS)
    """The silence that ends a turn."""
    patience: float = 1.0
    """Stretches every wait: 1.3 for a care call to very old people, 0.8 for a busy desk."""
    sure_confidence: float = 0.45
    """Below this the words are no proof of completeness; the recogniser's confidence on clear short answers
    is 0.8–0.95, on garbled ones 0.3–0.6."""
    told_syllables: int = 9
    """A sentence shorter than this is often followed by another one (물이 안 나와요, 아침부터요): it waits as
    what could end here. Ten syllables are two seconds of speech."""
    begun_syllables: int = 4
    """A story shorter than this that is not a sentence has only begun."""
    noisy_line_db: float = 20.0
    """Speech less than this above the noise: its soft sounds (ㅆ, ㅎ, a closing vowel) drown…"""
    noisy_line_ms: float = 40.0
    """…so every wait is this much longer."""
    after_retract_ms: float = 400.0
    """After a turn was taken back, the next end needs at least this silence: the speaker has shown to
    pause."""
    definite_ms: float = 800.0
    """A turn committed after this much silence is final; one committed sooner may be taken back."""
    grace_ms: float = 600.0
    """For how long after the commit a resumption takes the turn back. Longer would take an answer to the next
    question for the rest of this one."""
    resume_ms: float = 40.0
    """Voice that takes a turn back while the bot is still silent: two frames."""
    reaction_s: float = 0.2
    """Voice that begins sooner after the bot became audible is no reaction to it (simple vocal reaction time
    is 200 ms at the least), so it is the rest of the turn and no nod."""

    # --- a speaker's pauses -------------------------------------------------------------------------------

    pause_shortest_ms: float = 140.0
    """Shorter gaps are closures and geminates inside words, not pauses."""
    pause_longest_ms: float = 2500.0
    """Longer gaps are silence, not pauses."""
    pause_typical_ms: float = 380.0
    """Geometric mean of inner pauses before anything is known of the speaker: the middle of the medium group
    (200–1000 ms) of Campione and Véronis 2002."""
    pause_prior_weight: float = 4.0
    """Pauses that the prior is worth: one odd pause moves the patience by less than a quarter."""
    pause_memory: int = 24
    """Pauses remembered: about the last minute of speech, so that a phone passed on is unlearned."""
    least_patience: float = 0.9
    """A quick speaker shortens the waits no further than this: the quick ones pause too, once."""
    most_patience: float = 1.7
    """A slow speaker stretches the waits no further than this."""

    # --- barge-in -----------------------------------------------------------------------------------------

    first_listen_ms: float = 120.0
    """Voice over a prompt at which it is first decoded: one syllable's onset, enough to tell 저 or 사 from
    네."""
    listen_again_ms: float = 80.0
    """New voice at which it is decoded again while undecided: half a syllable."""
    trust_syllable: float = 0.45
    """Confidence needed to stop the prompt on a first syllable that no back-channel begins with."""
    trust_second: float = 0.6
    """…and on a second syllable after one that a back-channel does begin with, twice in a row: the recogniser
    makes up an end for what is cut off ("예 쳬", "아니" for 아 예), but another one each time."""
    trust_once: float = 0.8
    """…or once, when the voice is over and there is no second decode to ask."""
    unheard_stop_ms: float = 380.0
    """Voice that stops the prompt when no decode came back: longer than nine of ten single back-channels."""
    nod_stop_ms: float = 1000.0
    """Voice that stops the prompt, whatever it sounds like: longer than "그렇죠". A clear row of "네 네 네"
    has twice the time."""
    nod_gap_ms: float = 400.0
    """Voice this soon after a nod belongs to it: the closure within 그렇죠 drowns in line noise, 네 is said
    twice."""
    overlap_end_ms: float = 200.0
    """Silence that ends an utterance over a prompt: now its words are judged as a whole."""

    # --- keys ---------------------------------------------------------------------------------------------

    key_deaf_ms: float = 160.0
    """After a key nothing counts as voice: the rest of an in-band tone (ITU-T Q.24 asks for 40 ms at least,
    people press for about 100 ms)."""

    def __post_init__(self) -> None:
        """Check what would make turn taking stand still.

        Raises:
            ConfigurationError: A wait is missing or a value is out of its range.
        """
        missing = [
            f"{shape.value}/{completeness.value}"
            for shape in AnswerShape
            for completeness in Completeness
            if (shape, completeness) not in self.waits
        ]
        if missing:
            raise ConfigurationError(f"turn settings: waits lacks {', '.join(missing)}; add a row for each")
        if not 0.1 <= self.patience <= 10:
            raise ConfigurationError(f"turn settings: patience is {self.patience}; choose 0.1 to 10")
        if not 0 < self.least_patience <= 1 <= self.most_patience:
            raise ConfigurationError(
                "turn settings: least_patience must lie in 0–1 and most_patience at 1 or above; "
                f"they are {self.least_patience} and {self.most_patience}"
            )
