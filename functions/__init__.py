"""Promo codes for chatbots, kept in a Google Sheet: the HTTP functions and what they stand on."""
