"""Audio between Asterisk and the calls: one socket and one clock for all of them."""
