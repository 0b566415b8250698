"""What a finding is worth, for ranking alone; never for letters, and never for physicians."""

from cdi.impact.weights import Weights, option_codes

__all__ = ["Weights", "option_codes"]
