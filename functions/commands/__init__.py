"""The groups of commands of `promosheet`, one module each."""
