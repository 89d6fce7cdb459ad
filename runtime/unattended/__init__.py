"""What happens without a person: timers that ring, letters and messages that go out."""
