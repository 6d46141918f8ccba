"""Sayso: an idea portal and feedback loop for customer-contact organisations."""
