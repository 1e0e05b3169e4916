"""KLASS: commits what is confident and whose distribution has stopped moving."""
