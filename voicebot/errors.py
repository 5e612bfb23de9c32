"""Every error that voicebot raises on purpose.

::

    VoicebotError
    ├── ConfigurationError      a setting, a file or a folder that the operator must mend
    │   ├── FlowError           a mistake in a flow or data file, with file and line
    │   ├── ModelError          a model folder that is missing, incomplete or of the wrong kind
    │   └── RecordsKeyError     the key of the encrypted records is missing, malformed or another one
    ├── ProtocolError           bytes from the outside that break their format
    │   ├── RtpError            a datagram that is not a usable RTP packet
    │   ├── FastAgiError        a FastAGI request that breaks the protocol or its limits
    │   └── TimelineError       a timeline file that breaks its format, with file and line
    ├── TelephonyError          Asterisk refused or could not do what was asked
    │   ├── AsteriskUnavailable Asterisk cannot be reached or did not start
    │   │   └── AsteriskUnreachable no connection: what was asked for was certainly not done
    │   ├── ChannelGone         the channel or bridge is not there (any more), or has left our application
    │   └── DuplicateIdentifier a channel or bridge with this id is already there
    ├── DialogueError           an event that cannot happen to a conversation (a programming error)
    ├── SoundCardError          the microphone or the loudspeaker of this machine is missing or broke
    ├── RecognitionError        the recogniser failed on one utterance
    ├── SynthesisError          a text could not be turned into speech
    ├── EventError              a receiver of events cannot be reached or takes none
    └── RecordsError            a record could not be written or read, or must not be kept
        ├── RecordsUnavailable  the database is down, slow or full: the same may succeed later
        ├── PhoneNumberError    not a telephone number that can be called
        └── StatusNotAllowed    a case or a campaign cannot become what was asked

A message names the thing, the place and the remedy, so that it can be shown to an operator as it is.
"""

from __future__ import annotations


class VoicebotError(Exception):
    """Root of the tree: whatever is caught as this has a message fit for an operator."""


class ConfigurationError(VoicebotError):
    """A setting, a file or a folder that the operator must mend."""


class FlowError(ConfigurationError):
    """A mistake in a flow or data file; the message begins with ``file:line``."""


class ModelError(ConfigurationError):
    """A model folder that is missing, incomplete or of the wrong kind."""


class RecordsKeyError(ConfigurationError):
    """The key of the encrypted records is missing, malformed or not the one they were written with."""


class ProtocolError(VoicebotError):
    """Bytes from the outside that break their format."""


class RtpError(ProtocolError):
    """A datagram that is not a usable RTP packet."""


class FastAgiError(ProtocolError):
    """A FastAGI request that breaks the protocol or its limits."""


class TimelineError(ProtocolError):
    """A timeline file that breaks its format; the message begins with ``file:line``."""


class TelephonyError(VoicebotError):
    """Asterisk refused or could not do what was asked."""


class AsteriskUnavailable(TelephonyError):
    """Asterisk cannot be reached or did not start."""


class AsteriskUnreachable(AsteriskUnavailable):
    """No connection could be made, so that what was asked for was certainly not done."""


class ChannelGone(TelephonyError):
    """The channel or bridge is not there (any more), or has left our application."""


class DuplicateIdentifier(TelephonyError):
    """A channel or bridge with this id is already there: what was asked for has been done before."""


class DialogueError(VoicebotError):
    """An event that cannot happen to a conversation: a programming error; the conversation is unchanged."""


class SoundCardError(VoicebotError):
    """The microphone or the loudspeaker of this machine is missing or broke."""


class RecognitionError(VoicebotError):
    """The recogniser failed on one utterance."""


class SynthesisError(VoicebotError):
    """A text could not be turned into speech."""


class EventError(VoicebotError):
    """A receiver of events cannot be reached, or takes none."""


class RecordsError(VoicebotError):
    """A record could not be written or read, or holds what must not be kept."""


class RecordsUnavailable(RecordsError):
    """The database is down, slow or full now: the same may succeed later."""


class PhoneNumberError(RecordsError):
    """Not a telephone number that can be called; the message holds none of its digits."""


class StatusNotAllowed(RecordsError):
    """A case or a campaign cannot become what was asked; the message names what it can."""
