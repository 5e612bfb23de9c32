"""Asterisk's manager interface (AMI): queues, agents, trunks, and calls that nobody looks after."""
