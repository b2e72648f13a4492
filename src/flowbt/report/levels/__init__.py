"""The report of a level study."""
