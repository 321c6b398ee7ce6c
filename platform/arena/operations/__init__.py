"""For whoever runs the site: signs of life of its processes, and `manage.py doctor`."""
