"""Simulated citizens, their stage, and fakes."""
