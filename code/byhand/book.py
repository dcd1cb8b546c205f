"""What the pages of the book need from the tool that builds them, and can do without elsewhere.

A chapter quotes its numbers through `glue`, so that no number is typed into the prose. The builder
(MyST-NB) records the value; in a notebook opened anywhere else there is nothing to record it for.
"""

try:
    from myst_nb import glue
except ImportError:

    def glue(name, variable, display=False):
        """Do nothing: the notebook runs outside the builder, which alone reads glued values."""


__all__ = ["glue"]
