"""The edge towards people and machines, one room per audience."""
