"""Disease: the burden of leukaemia, response, MRD, remission and relapse."""
