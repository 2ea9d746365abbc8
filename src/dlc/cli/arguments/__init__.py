"""The options of the commands: names, limits and help texts."""
