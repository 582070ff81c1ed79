"""One module a feed; the name is the source id. What a feed offers is said in simulator/feed.py."""
