"""Scanning of very large stores of notes. The engines do the work; this package is thin.

Needs the extra ``archive``; nothing else in the project imports it.
"""
