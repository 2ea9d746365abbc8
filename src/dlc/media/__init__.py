"""Frames in and frames out; the only room that touches PyAV, cameras and virtual cameras.

`frames` is what a decoded picture is in memory, `files` what holds for any file. On these `image`
and `video` read and write files, `camera` opens cameras, and `live` makes streams of what comes
and goes in real time; `provenance` signs what was written. `opening` chooses between pictures and
videos, `targets` picks both out of a folder.
"""
