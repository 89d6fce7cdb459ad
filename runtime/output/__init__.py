"""What leaves the pages: cases on paper and lists as files."""
