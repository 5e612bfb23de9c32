"""Speech recognition on faster-whisper and CTranslate2."""
