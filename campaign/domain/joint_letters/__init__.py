"""One letter of several organisations, each by its authorised signatory."""
