"""FastAGI: the dialplan asks over TCP which service takes a call; we answer with channel variables.

panoramisk has a FastAGI server too; its reader has no limits and, when a client disconnects before the end of
its request, reads the end of the stream again and again without ever giving the event loop back. So the whole
of it is our own here: a pure parser (``request``, ``reply``) and a small server.
"""
