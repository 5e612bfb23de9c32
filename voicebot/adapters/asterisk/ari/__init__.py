"""Asterisk's REST interface (ARI): the calls that we use, the events, and what to do after a lost link."""
