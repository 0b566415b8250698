"""The JSON API: routes and schemas over the use cases of :mod:`cdi.workflow`."""
