"""A review as people and programs read it: records, a table, an offline HTML page. Pure."""
