"""Calls: one conversation each, one media loop for all."""
