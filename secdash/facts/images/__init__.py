"""What is inside images' files: read as a stream, once, in constant memory; nothing of them is ever run."""
