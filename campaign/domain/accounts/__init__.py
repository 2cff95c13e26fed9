"""Who works here: accounts, roles and teams."""
