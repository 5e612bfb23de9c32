"""Asterisk: ARI, AMI, FastAGI and the embedded instance."""
