"""Titles of the groups of options in the help, and what it shows for a switch's value."""

FACES = "Faces"
PEOPLE = "People"
NEURAL = "Neural engine"
LOOK = "Look of the new face"
MASKS = "What stays of the old face"
DETAIL = "Finer detail"
PART = "Part of the target"
CAPTURE = "Capture"
OUTPUT = "Output"
OUTPUTS = "Outputs (at least one of --virtual-cam, --output, --preview)"
PROVENANCE = "What the output says about itself"
SHOWN = "What is shown"
RUN = "Run"

# A switch takes no value, so its column stays empty.
FLAG = ""
