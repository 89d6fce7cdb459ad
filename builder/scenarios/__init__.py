"""Scenario tests beside a definition: run by the real engine, measured for what they reach, recorded from real cases."""
