"""Loops over the code points of notes, compiled to machine code.

The few steps that look at every character of a note are written here as plain loops over arrays,
and numba compiles each at its first call. What they find is judged elsewhere: no knowledge of
medicine or language is in them but what they are given as arrays.

A loop takes arrays of fixed types only: code points are ``uint32``, kinds of characters ``uint8``
(:mod:`cdi.nlp.loops.kinds`), offsets ``int64``. With ``NUMBA_DISABLE_JIT=1`` they run as they are
written, for the debugger; with ``NUMBA_BOUNDSCHECK=1`` an index out of bounds is an error.
"""
