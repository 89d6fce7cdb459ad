"""A Django app whose only content is a flow."""
