"""Wiring only: imports everyone, imported by no one."""
