"""Pages that read across capabilities: board, idea page, my page. No models, no writes."""
