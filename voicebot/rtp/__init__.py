"""RTP packets, order, pacing, statistics."""
