"""Lets `python -m dlc` do what the `dlc` command does."""

from dlc.cli.app import main

if __name__ == "__main__":
    main()
