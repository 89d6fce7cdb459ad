"""The form language: its fields, expressions and answers. Pure: no web, no database, no clock."""
