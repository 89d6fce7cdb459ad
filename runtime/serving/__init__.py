"""What stands around every request: the gate, security, failures, health, logs, static files."""
