"""What is public of prisoners, campaigns and letters, and how staff keep it true."""
