"""Wire formats and files on one side, encounters of the domain on the other."""
