"""Under which titles the help shows options, and what it shows instead of a switch's value."""

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
PROVENANCE = "What the output says of itself"
SHOWN = "What is shown"
RUN = "Run"

# A switch takes no value, so its column stays empty.
FLAG = ""
