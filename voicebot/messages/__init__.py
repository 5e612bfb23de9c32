"""Short messages to citizens: what they say, how long they are. Pure."""
