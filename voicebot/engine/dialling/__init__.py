"""The dialler: places the calls of campaigns, and sees each attempt to its one end."""
