"""The pages: server-rendered HTML over the use cases of :mod:`cdi.workflow`.

A page is a route module in :mod:`cdi.web.routes`, a template and a test; docs/pages.md tells how.
"""
