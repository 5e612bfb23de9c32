"""Lists of people for campaigns: CSV and Excel sheets."""
