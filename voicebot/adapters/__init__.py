"""The outside: Asterisk, recogniser, synthesiser, voice activity, disk."""
