"""Reading and writing still images; what is particular to each kind of file is in `formats`."""
