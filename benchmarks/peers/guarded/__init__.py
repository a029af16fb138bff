"""A Django application with one model, for django-guardian."""
