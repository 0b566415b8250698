"""The pages, a module for each part of the site.

Each module has a ``router``, and a ``MENU`` if it stands in the navigation; being here is enough.
"""
