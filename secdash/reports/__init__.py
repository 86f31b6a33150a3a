"""Reports: for management, and as evidence for those who audit; to print, as PDF, and regularly by mail."""
