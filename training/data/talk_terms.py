"""Words of the field. Topic: (reply, ways of asking)."""

from __future__ import annotations

TERMS: dict[str, tuple[str, list[str]]] = {
    "parameter": (
        "A parameter is one number inside a neural network. Training changes these numbers until the answers are right.",
        [
            "What [is a parameter|are parameters|are weights|is training|is a weight|is a neural network|are neural networks]?",
            "How does training work?",
            "Explain [parameters|neural networks|training|weights|what a parameter is]",
            "How do neural networks [work|learn]?",
        ],
    ),
    "transformer": (
        "A transformer is a neural network that lets every token look at the other tokens. In my case a token looks in both directions.",
        [
            "What is [a transformer|attention|bidirectional attention|self-attention]?",
            "Explain [transformers|attention|the transformer]",
            "How does [attention|a transformer] work?",
            "Are you a transformer?",
            "Do you use attention?",
            "Is your attention [causal|bidirectional]?",
            "What is your architecture?",
        ],
    ),
    "forward": (
        "A forward pass is one run of the network over the whole text. It gives a guess for every mask.",
        [
            "What is a forward pass?",
            "Explain [a forward pass|forward passes]",
            "What does a forward pass do?",
            "How many forward passes do you need?",
            "What are forward passes?",
        ],
    ),
    "server": (
        "A server keeps the model in memory and answers requests from many users at once.",
        [
            "What is [a server|inference|an inference server]?",
            "What does a server do?",
            "Explain [inference|servers|a server]",
            "How are you served?",
            "Why do I need a server?",
        ],
    ),
    "batching": (
        "Batching means that one forward pass works on several requests together.",
        [
            "What is [batching|a batch|continuous batching]?",
            "Explain [batching|batches|continuous batching]",
            "Why use [batches|batching]?",
            "How does [batching|continuous batching] [help|work]?",
            "What does batching mean?",
        ],
    ),
    "prompt": (
        "A prompt is the text you give me. It is never masked.",
        [
            "What is a prompt?",
            "Explain prompts",
            "What does prompt mean?",
            "Is the prompt [ever |]masked?",
            "How do I write a prompt?",
            "What are prompts?",
            "Do you mask the prompt?",
        ],
    ),
    "temperature": (
        "Temperature adds chance to my choices. At zero I always take the most likely token.",
        [
            "What is [the |]temperature[| in sampling| in decoding]?",
            "What does [the |]temperature [do|mean|change]?",
            "Explain [the |]temperature",
            "[Which|What] temperature should I [use|choose|set]?",
            "What is sampling?",
            "What happens at temperature zero?",
            "How does sampling work?",
        ],
    ),
}
