"""How fast, beside a peer and a limit, in one run on one machine: `make bench` prints the tables of the README."""
