"""Findings as files, written as they are read: whatever their number, only a few hundred are in memory."""
