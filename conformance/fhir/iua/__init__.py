"""Internet User Authorization: metadata (ITI-103), tokens (ITI-71) and their use (ITI-72)."""
