"""How fast a model trains and translates, beside what the machine could do at best."""
