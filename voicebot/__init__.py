"""Korean voice-bot telephony engine on Asterisk for city halls."""

__version__ = "0.1.0"
