"""What historical sources claim, as linked data that keeps source, passage, voice and doubt."""

__version__ = "0.1.0"
