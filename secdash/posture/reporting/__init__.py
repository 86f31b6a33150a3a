"""Reports on paper: for management, and as evidence for those who audit; as a page to print, and as PDF."""
