"""What an accountant reads and takes away: the aged balance, the journals, their files."""
