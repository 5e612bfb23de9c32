"""What is decided about records before anything is written: numbers, statuses, periods, what may be kept.

Pure: the day and the hour come in as arguments. ``voicebot/adapters/records`` writes and reads.
"""
