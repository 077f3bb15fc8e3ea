"""The web: a SPARQL endpoint on a build, which strangers may ask."""
