"""The flow language: steps, events, the engine and its forecast. Pure: no web, no database, no clock."""
