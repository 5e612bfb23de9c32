"""Outbound campaigns: when to call, how fast, and what follows."""
