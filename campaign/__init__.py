"""A platform for campaigns on behalf of political prisoners: cases, petitions, counts and packets."""
