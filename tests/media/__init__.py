"""Tests of dlc.media: real codecs on clips made on the spot."""
