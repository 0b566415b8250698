"""One file per structural check; see :mod:`cdi.compliance.structure` for what each defines."""
