"""What happened after a change, as far as the numbers can say."""
