"""What is judged. Importing this package fills the catalogue, section by section, by name."""
