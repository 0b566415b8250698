"""The words of the field as plain, frozen records: no I/O, no framework."""
