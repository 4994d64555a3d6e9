"""How fast a model trains and translates, relative to the best that the machine could do."""
