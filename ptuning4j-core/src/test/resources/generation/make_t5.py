"""Writes t5-searches.json: what transformers' generate finds with the random T5 of golden/t5.

    python3 make_t5.py golden/t5/model t5-searches.json      (transformers 5.12.1, torch 2.14.1)
"""

import json
import sys

import torch
from transformers import T5ForConditionalGeneration

model = T5ForConditionalGeneration.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
MOST = 12
SOURCES = [[5, 17, 99, 3, 1], [44, 8, 1], [200, 301, 7, 7, 61, 150, 33, 1]]
SETTINGS = [
    {"num_beams": 1},
    {"num_beams": 1, "repetition_penalty": 1.4},
    {"num_beams": 4, "num_return_sequences": 3, "length_penalty": 1.0},
    {"num_beams": 3, "num_return_sequences": 2, "length_penalty": 0.0},
    {"num_beams": 3, "num_return_sequences": 3, "length_penalty": 2.0},
    {"num_beams": 5, "num_return_sequences": 1, "length_penalty": 1.0, "repetition_penalty": 1.3},
]


def generate(source, ends, settings):
    return model.generate(
        torch.tensor([source]),
        max_new_tokens=MOST,
        do_sample=False,
        eos_token_id=ends,
        pad_token_id=0,
        output_scores=True,
        return_dict_in_generate=True,
        **settings,
    )


def continuation(tokens, ends):
    tokens = tokens[1:]  # the token that every target begins with
    for i, token in enumerate(tokens):
        if token in ends:
            return {"tokens": tokens[:i], "ended": True}
    return {"tokens": tokens, "ended": False}


found = []
for source in SOURCES:
    greedy = generate(source, [1], {"num_beams": 1}).sequences[0].tolist()
    best = generate(source, [1], SETTINGS[2]).sequences.tolist()
    # Ends that the searches meet: a token in the middle of each of what two of them write.
    for ends in ([1], sorted({greedy[6], best[1][5], best[2][7]})):
        for settings in SETTINGS:
            result = generate(source, ends, settings)
            each = {"text": source, "ends": ends, "settings": settings}
            each["sequences"] = [continuation(s.tolist(), ends) for s in result.sequences]
            if settings["num_beams"] > 1:
                each["scores"] = [round(score.item(), 6) for score in result.sequences_scores]
            found.append(each)
with open(sys.argv[2], "w") as file:
    file.write(json.dumps(found) + "\n")
