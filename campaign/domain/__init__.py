"""What may be done, one act a file. Nothing here knows the web, the mail server or the printer."""
