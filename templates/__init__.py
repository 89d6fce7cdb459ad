"""What people see: templates, the style sheet and the words in other languages. Nothing here decides anything."""

from templates.environment import FOLDER, STATIC, asset, environment, messages

__all__ = ["FOLDER", "STATIC", "asset", "environment", "messages"]
