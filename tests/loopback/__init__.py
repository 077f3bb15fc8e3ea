"""Servers for tests on this machine: a reconciliation service made from saved facts, and one with every fault."""
