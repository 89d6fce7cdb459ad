"""The flow in the designer: its picture, the properties of its steps, who acts, and what the proof says of it."""
