"""What one change fixes: open findings by cause, ranked by what they do to the score, and the best few changes."""
