"""What the city reads of its calls: what was kept goes in, tables in Korean come out.

Pure: the day and the hour come in as arguments. ``voicebot/adapters/records/reports`` reads what was kept,
``voicebot/adapters/reports`` writes CSV, Excel and pages to be printed.
"""
