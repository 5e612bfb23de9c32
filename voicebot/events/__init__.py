"""What is told to the outside: its order, its form, how fast and how often it is tried. Pure."""
