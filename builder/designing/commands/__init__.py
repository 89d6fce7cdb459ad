"""What a page can ask for, by name. Each module of this package adds its own: a class derived from `command.Command` is a command."""

import pkgutil
from importlib import import_module

for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)
