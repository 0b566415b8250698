"""Rule packs: what ``models/`` may say, and how it is read and checked."""
