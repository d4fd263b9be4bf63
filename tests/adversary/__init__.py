"""What is attacked and mishandled: full disks, closed streams, hostile text, very long records."""
