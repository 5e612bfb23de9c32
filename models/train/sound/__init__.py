"""The sound of training and evaluation: synthesised voices over a synthetic telephone; see ``clips``."""
