"""The executive's answer: commit or decline, in public."""
