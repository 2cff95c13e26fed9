"""Gifts: what is asked, what the payment company reports, what is booked and receipted."""
