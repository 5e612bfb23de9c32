"""Brings the outbox to the city's systems and its messages to citizens."""
