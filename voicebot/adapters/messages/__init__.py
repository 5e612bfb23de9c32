"""Gateways for short messages: a folder of files, and HTTP."""
