"""Reading and writing video files.

`reading` decodes a file and finds out what is missing of it; `writing` plans an output and encodes
it; `carrying` brings sound and subtitles along; `resuming` puts an output together from segments.
`hardware` tells what an NVIDIA GPU can do of that.
"""
