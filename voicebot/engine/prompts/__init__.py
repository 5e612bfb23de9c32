"""Prompts: from the dialogue's words to payloads on the wire, from a cache wherever that is possible."""
