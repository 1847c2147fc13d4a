"""Who, where and when: people, organizations, time, appointments, messages owed, history. Imports no other floor."""
