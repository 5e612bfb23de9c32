"""Flows, the machine that walks them, understanding."""
