"""Sound, subtitles and attachments, from the input to the output."""
