"""Files that people attach: what they are, where they lie, who may have them."""
