"""One text said in several ways.

CLIP learned from captions, and its vector of a text leans towards how the text is worded as much as
towards what it names; the mean over several wordings evens that out (Radford et al. 2021, arXiv
2103.00020, section 3.1.4: 80 of them are worth 3.5 points on ImageNet). Theirs, "a photo of a {}", fit
class names; ours fit texts that bring their own article or none: "giraffes", "a dog on a beach".
"""

# The bare text, for a whole prompt is a caption already; what cut-outs come from and what photo search
# gives; the neutral word; what is being made. Few, for each costs a pass of the text tower. How much they
# help collages has not been measured: no trained CLIP weights were at hand.
PROMPT_TEMPLATES = ("{}", "a photo of {}", "a picture of {}", "a collage of {}")
