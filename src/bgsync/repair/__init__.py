"""Repair: the small changes to a text that mend a finding and break nothing."""
