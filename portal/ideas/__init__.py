"""What people said: ideas, stupid rules, comments, drafts, moderation and the story of each."""
