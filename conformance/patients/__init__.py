"""Patient identity: what a community does with the feeds (ITI-44) and queries (ITI-45, ITI-47) of primary systems."""
