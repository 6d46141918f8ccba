"""How peers carry the best ideas: votes, ranking, feed, quorum, promotion."""
