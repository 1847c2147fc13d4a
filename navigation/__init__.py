"""Why, and what next: triage, cases, escalation. Imports scheduling only."""
