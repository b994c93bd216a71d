"""Makes the data of table-to-text.sh from public data sets, with Python's standard library alone.

  data.py text   --data DIR --out DIR    text.jsonl and text-dev.jsonl: passages to train a language model on
  data.py tables --data DIR --out DIR    train.jsonl, dev.jsonl and test.jsonl: a predicate with its roles, and the sentence they are from

All is in lower case, as the tokenizer has it. No sentence of the tables' dev and test files is among the passages.
"""
import argparse, json, random, re
from pathlib import Path

WORDS = 150  # of a passage, some 200 tokens
SENTENCE = range(5, 21)  # words of a sentence that is to be written
ROLES = {"ARG0": "agent", "ARG1": "object", "ARG2": "other", "ARGM-TMP": "time", "ARGM-LOC": "place", "ARGM-MNR": "manner",
         "ARGM-NEG": "negation", "ARGM-MOD": "modal", "ARGM-ADV": "adverb", "ARGM-DIS": "discourse", "ARGM-PRP": "purpose"}


def lines(file):
    with open(file, encoding="utf-8") as rows:
        return [json.loads(row) for row in rows]


def plain(words):
    """Words as they are written: no space before a sign that follows its word."""
    text = re.sub(r"\s+", " ", words if isinstance(words, str) else " ".join(words)).strip().lower()
    text = re.sub(r" ([.,;:!?%)\]]|'s|'re|'ve|'ll|'d|'m|n't)(?= |$)", r"\1", text)
    return re.sub(r"([(\[$]) ", r"\1", text)


def passages(data):
    """Texts of every kind, those of one source behind each other."""
    for file in ["squad/squad1.1-train-5pct.tokenised.json", "squad/dev-v2.0.half.json"]:
        for page in json.loads((data / file).read_text(encoding="utf-8"))["data"]:
            for paragraph in page["paragraphs"]:
                answered = [q for q in paragraph["qas"] if q["answers"]][:3]
                yield paragraph["context"] + " " + " ".join(q["question"] + " " + q["answers"][0]["text"] + "." for q in answered)
    for row in lines(data / "superglue/MultiRC/train.jsonl"):
        passage = row["passage"]
        right = [q["question"] + " " + a["text"] for q in passage["questions"] for a in q["answers"] if a["label"] == 1]
        yield re.sub(r"<[^>]*>|Sent \d+: ", " ", passage["text"]) + " " + " ".join(right[:6])
    for row in lines(data / "superglue/RTE/train.jsonl"):
        yield row["premise"] + " " + row["hypothesis"]
    for row in lines(data / "superglue/BoolQ/val.jsonl")[:2000]:
        yield row["passage"] + " " + row["question"] + "?"
    pages = {}
    for row in lines(data / "propbank-ewt/train.jsonl"):
        pages.setdefault(row["doc"], []).append(plain(row["tokens"]))
    yield from (" ".join(sentences) for sentences in pages.values())
    for row in json.loads((data / "conll04/conll04_train.json").read_text(encoding="utf-8")):
        yield " ".join(row["tokens"])
    with open(data / "sst2/train.tsv", encoding="utf-8") as rows:
        whole = [row.rstrip("\n").split("\t")[1] for row in rows][1:]
    yield from (text for text in whole if len(text.split()) >= 12)


def text(data, out):
    """Passages cut to length; the model reads the first word and is trained on what follows it."""
    pieces = []
    for passage in passages(data):
        words = plain(passage).split(" ")
        for start in range(0, len(words), WORDS):
            piece = words[start:start + WORDS]
            if len(piece) >= 4:
                pieces.append({"source": piece[0], "target": " ".join(piece[1:])})
    random.Random(5).shuffle(pieces)
    held = len(pieces) // 100
    write(out / "text-dev.jsonl", pieces[:held])
    write(out / "text.jsonl", pieces[held:])
    print(len(pieces), "passages,", sum(len(p["target"].split()) for p in pieces), "words")


def table(sentence, frame):
    """A predicate with its roles in a fixed order, whatever theirs in the sentence; None where they do not cover most of it."""
    words, tags = sentence["tokens"], frame["tags"]
    parts, covered = {}, 0
    for at, tag in enumerate(tags):
        role = tag[2:]
        if role == "V":
            covered += 1
        elif role in ROLES:
            covered += 1
            if tag.startswith("B-") and role in parts:
                return None
            parts.setdefault(role, []).append(words[at])
    signs = sum(not any(c.isalnum() for c in word) for word in words)
    if not parts or covered < 0.8 * (len(words) - signs):
        return None
    return "; ".join(["verb: " + frame["lemma"]] + [ROLES[role] + ": " + plain(parts[role]) for role in ROLES if role in parts])


def tables(data, out):
    rows = {}
    for split in ["train", "dev"]:
        rows[split] = []
        for sentence in lines(data / f"propbank-ewt/{split}.jsonl"):
            if len(sentence["tokens"]) not in SENTENCE:
                continue
            found = [table(sentence, frame) for frame in sentence["frames"]]
            longest = max((each for each in found if each), key=len, default=None)
            if longest:
                rows[split].append({"source": longest, "target": plain(sentence["tokens"])})
    half = len(rows["dev"]) // 2
    write(out / "train.jsonl", rows["train"])
    write(out / "dev.jsonl", rows["dev"][:half])
    write(out / "test.jsonl", rows["dev"][half:])
    print(len(rows["train"]), "tables to train on,", len(rows["dev"]), "to evaluate on")


def write(file, rows):
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


options = argparse.ArgumentParser()
options.add_argument("what", choices=["text", "tables"])
options.add_argument("--data", type=Path, required=True)
options.add_argument("--out", type=Path, required=True)
chosen = options.parse_args()
{"text": text, "tables": tables}[chosen.what](chosen.data, chosen.out)
