"""HTTP glue without business words: transactions, problems, paging, headers, the one Markdown renderer."""
