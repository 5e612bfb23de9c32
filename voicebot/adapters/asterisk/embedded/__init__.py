"""An Asterisk of our own: found (``root``), installed, configured (``render``) and run (``process``)."""
