"""G.711, resampling, levels, WAV."""
