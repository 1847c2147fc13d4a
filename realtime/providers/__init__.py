"""The seam to whatever carries sound and picture. `peer` is built in; others mint the tokens their servers verify."""
