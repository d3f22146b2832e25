"""The models of this venue."""

MODELS = ()
