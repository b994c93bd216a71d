"""Makes gemma3, mpnet and modernbert_classifier beside this file: tiny random models with inputs, outputs, losses and gradients
as Hugging Face transformers computes them (5.12.1, PyTorch 2.14.1, CPU, float32, eager attention, no dropout), in the layout of
the other sets. MPNet's published code takes no keys and values: its prefix is put before them in its attention here; columns of
a prefix have no relative bias, and positions of the text are shifted.

  python3 make.py FOLDER
"""
import json, math, os, sys
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (DynamicCache, Gemma3ForCausalLM, Gemma3TextConfig, ModernBertConfig, ModernBertForSequenceClassification,
                          MPNetConfig, MPNetForMaskedLM, MPNetModel)
from transformers.models.mpnet import modeling_mpnet

P = 4  # tokens of a prompt
cross_entropy = torch.nn.functional.cross_entropy


class Cases:
    """The cases of one folder; tensors are saved once under the key that they get here."""

    def __init__(self, folder, model_type):
        self.folder, self.model_type, self.tensors, self.cases = folder, model_type, {}, []

    def put(self, key, tensor):
        self.tensors[key] = tensor.detach().clone().contiguous()
        return key

    def add(self, name, kind, inputs, outputs, **facts):
        outputs = {role: self.put(f"{name}/{role}", tensor) for role, tensor in outputs.items()}
        self.cases.append(dict(name=name, kind=kind, inputs=inputs, outputs=outputs, **facts))

    def save(self):
        save_file(self.tensors, f"{self.folder}/cases.safetensors")
        head = dict(arch=os.path.basename(self.folder), model_type=self.model_type, prefix_len=P, tensors_file="cases.safetensors")
        with open(f"{self.folder}/cases.json", "w") as f:
            json.dump(dict(head, cases=self.cases), f, indent=1)


def draw(model):
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() < 2:
                p.add_((0.2 if name.endswith("weight") else 0.1) * torch.randn_like(p))
            else:
                table = "embed" in name or "relative" in name
                p.copy_(torch.randn_like(p) * (0.3 if table else max(0.15, min(0.3, 1.4 / p[0].numel() ** 0.5))))
    return model.eval()


def texts(cases, name, lengths, vocabulary, pad, left=False, least=5):
    n = max(lengths)
    mask = torch.tensor([[0] * (n - l) + [1] * l if left else [1] * l + [0] * (n - l) for l in lengths])
    ids = torch.where(mask == 1, torch.randint(least, vocabulary, mask.shape), pad)
    keys = {"input_ids": cases.put(f"in/{name}/input_ids", ids)}
    if not mask.all():
        keys["attention_mask"] = cases.put(f"in/{name}/attention_mask", mask)
    return ids, mask, keys


def states(out):
    found = {f"hidden_states.{i}": state for i, state in enumerate(out.hidden_states)}
    return dict(found, last_hidden_state=out.last_hidden_state)


def linear(cases, task, names, widths, hidden):
    """Weights of a head by their published names, and where they lie."""
    weights = {n + ".weight": (0.3 * torch.randn(w, hidden)).requires_grad_() for n, w in zip(names, widths)}
    weights |= {n + ".bias": (0.1 * torch.randn(w)).requires_grad_() for n, w in zip(names, widths)}
    return weights, {k: cases.put(f"head/{task}/{k}", v) for k, v in weights.items()}


def gradients(loss, inputs):
    return dict(zip(inputs, torch.autograd.grad(loss, list(inputs.values()))))


# ---------------------------------------------------------------------------------------------------------------- Gemma 3
TEXT = """the quick brown fox jumps over the lazy dog. a model of a language reads the text, and then it goes on to write the rest
of it. was the film good or was it bad? the capital of France is Paris; the capital of Italy is Rome. Don't stop, it's late!"""


def gemma_tokenizer(folder):
    """The steps of Gemma's: spaces are written as U+2581, and what no word has is written byte by byte."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "<start_of_turn>", "<end_of_turn>"]
    octets = [f"<0x{i:02X}>" for i in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=360, special_tokens=special + octets, show_progress=False)
    tokenizer.train_from_iterator(TEXT.split("\n"), trainer)
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = [t for t in data["added_tokens"] if t["content"] in special]
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.post_processor = processors.TemplateProcessing("<bos>:0 $A:0", "<bos>:0 $A:0 <bos>:1 $B:1", [("<bos>", 2)])
    tokenizer.save(f"{folder}/model/tokenizer.json")
    settings = dict(tokenizer_class="GemmaTokenizer", bos_token="<bos>", eos_token="<eos>", pad_token="<pad>", unk_token="<unk>",
                    add_bos_token=True, add_eos_token=False, clean_up_tokenization_spaces=False)
    with open(f"{folder}/model/tokenizer_config.json", "w") as f:
        json.dump(settings, f, indent=1)
    cases = []
    said = ["the quick brown fox", " two  spaces ", "caf\u00e9 \u4eca\u5929 \U0001F600!", "", "a<end_of_turn>b", "line\nline\ttab"]
    for i, text in enumerate(said):
        for special in (True, False):
            e = tokenizer.encode(text, add_special_tokens=special)
            encoding = dict(ids=e.ids, tokens=e.tokens, offsets=e.offsets, word_ids=e.word_ids, sequence_ids=e.sequence_ids,
                            type_ids=e.type_ids, special_tokens_mask=e.special_tokens_mask, attention_mask=e.attention_mask)
            cases.append(dict(name=f"single_{i}{'' if special else '_nospecial'}", text=text, is_pretokenized=False,
                              add_special_tokens=special, encoding=encoding,
                              decoded_keep_special=tokenizer.decode(e.ids, skip_special_tokens=False),
                              decoded_skip_special=tokenizer.decode(e.ids, skip_special_tokens=True)))
    with open(f"{folder}/tokenizer_cases.json", "w") as f:
        json.dump(dict(reference="tokenizers.Tokenizer.from_file(model/tokenizer.json)", cases=cases, batches=[]), f)
    return tokenizer.get_vocab_size()


def gemma(folder):
    os.makedirs(f"{folder}/model", exist_ok=True)
    V = gemma_tokenizer(folder)
    rope = {"full_attention": dict(rope_type="linear", rope_theta=1e6, factor=2.0),
            "sliding_attention": dict(rope_type="default", rope_theta=1e4)}
    config = Gemma3TextConfig(
        vocab_size=V, hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
        head_dim=16, query_pre_attn_scalar=24, sliding_window=6, rope_parameters=rope, max_position_embeddings=96,
        layer_types=["sliding_attention", "full_attention", "sliding_attention"], attn_implementation="eager")
    lm = draw(Gemma3ForCausalLM(config))
    lm.save_pretrained(f"{folder}/model")
    model, cases = lm.model, Cases(folder, "gemma3_text")
    L, K, d, H = 3, 2, 16, 24
    prefix = torch.randn(P, L * 2 * K * d).requires_grad_()
    soft = torch.randn(P, H).requires_grad_()
    keys_of_prefix, keys_of_soft = {"prefix": cases.put("prefix", prefix)}, {"soft": cases.put("soft", soft)}

    def past(rows):
        rows_of = prefix.view(P, 2 * L, K, d).permute(1, 2, 0, 3)  # [2L, K, P, d]
        cache = DynamicCache(config=config)
        for layer in range(L):
            cache.update(*(rows_of[2 * layer + i].unsqueeze(0).expand(rows, -1, -1, -1) for i in (0, 1)), layer)
        return cache

    def prefixed(ids, mask, positions=None, to=lm):
        whole = torch.cat([torch.ones(len(ids), P, dtype=torch.long), mask], 1)
        if positions is None:
            positions = torch.arange(P, P + ids.shape[1]).expand_as(ids)
        return to(input_ids=ids, attention_mask=whole, position_ids=positions, past_key_values=past(len(ids)), output_hidden_states=True)

    def softened(ids, mask, to=lm):
        vectors = torch.cat([soft.expand(len(ids), -1, -1), model.embed_tokens(ids)], 1)
        return to(inputs_embeds=vectors, attention_mask=torch.cat([torch.ones(len(ids), P, dtype=torch.long), mask], 1))

    for name, lengths, left in [("padded", [13, 4, 9], False), ("full", [11, 11], False), ("long", [40], False), ("left", [5, 12], True)]:
        ids, mask, keys = texts(cases, name, lengths, V, 0, left)
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        out = model(input_ids=ids, attention_mask=mask, position_ids=positions, output_hidden_states=True)
        if left:
            keys = dict(keys, position_ids=cases.put("plain_left/position_ids", positions))
        cases.add(f"plain_{name}", "forward", keys, states(out) if name == "padded" else {"last_hidden_state": out.last_hidden_state})
        if name == "padded":
            padded = ids, mask, keys
    ids, mask, keys = padded
    out = prefixed(ids, mask, to=model)
    cases.add("prefix_shifted", "prefix_forward", keys | keys_of_prefix, states(out), position_convention="shifted")
    out = prefixed(ids, mask, torch.arange(ids.shape[1]).expand_as(ids), to=model)
    cases.add("prefix_unshifted", "prefix_forward", keys | keys_of_prefix, {"last_hidden_state": out.last_hidden_state},
              position_convention="unshifted")
    # classification of each text by its last token
    labels, last = torch.tensor([1, 0, 2]), mask.sum(1) - 1
    keys = dict(keys, labels=cases.put("in/labels", labels), last_index=cases.put("in/last_index", last))
    score = (0.3 * torch.randn(3, H)).requires_grad_()
    facts = dict(head="score_last", head_params={"score.weight": cases.put("head/seqcls/score.weight", score)})
    rows = torch.arange(3)
    logits = model(input_ids=ids, attention_mask=mask).last_hidden_state[rows, last] @ score.T
    cases.add("seqcls_plain", "seqcls", keys, dict(logits=logits, loss=cross_entropy(logits, labels)), **facts)
    logits = prefixed(ids, mask, to=model).last_hidden_state[rows, last] @ score.T
    loss = cross_entropy(logits, labels)
    cases.add("seqcls_prefix", "seqcls", keys | keys_of_prefix,
              dict(logits=logits, loss=loss, **gradients(loss, {"grad_prefix": prefix, "grad_head/score.weight": score})),
              adapter="prefix", position_convention="shifted", **facts)
    logits = softened(ids, mask, to=model).last_hidden_state[rows, P + last] @ score.T
    loss = cross_entropy(logits, labels)
    cases.add("soft_seqcls_last", "soft_seqcls", keys | keys_of_soft,
              dict(logits=logits, loss=loss, **gradients(loss, {"grad_soft": soft, "grad_head/score.weight": score})),
              adapter="soft", pool="last_valid", **facts)
    # what comes next
    ids, mask, keys = texts(cases, "lm", [9, 6], V, 0)
    labels = torch.where(mask == 1, ids, -100)
    keys["labels"] = cases.put("in/lm/labels", labels)

    def next_loss(logits, before=0):
        shifted = torch.cat([torch.full((2, before), -100), labels], 1)[:, 1:]
        return cross_entropy(logits[:, :-1].reshape(-1, V), shifted.reshape(-1), ignore_index=-100)

    logits = lm(input_ids=ids, attention_mask=mask).logits
    cases.add("lm", "lm", keys, dict(logits=logits, loss=next_loss(logits)))
    logits = prefixed(ids, mask).logits
    loss = next_loss(logits)
    cases.add("lm_prefix", "lm", keys | keys_of_prefix, dict(logits=logits, loss=loss, **gradients(loss, {"grad_prefix": prefix})),
              adapter="prefix", position_convention="shifted")
    logits = softened(ids, mask).logits
    loss = next_loss(logits, P)
    cases.add("lm_soft", "lm", keys | keys_of_soft, dict(logits=logits, loss=loss, **gradients(loss, {"grad_soft": soft})),
              adapter="soft")
    ptuning_v1(cases, V, 0, H, "causal", lambda vectors, mask: lm(inputs_embeds=vectors, attention_mask=mask).logits, model.embed_tokens)
    # texts that go on; only a plain one is padded, as columns of padding count in windows over a prompt here
    for name, lengths in [("plain", [10, 4]), ("prefix", [7, 7]), ("soft", [8, 8])]:
        generated(cases, name, lengths, V, lm, {"plain": {}, "prefix": keys_of_prefix, "soft": keys_of_soft}[name],
                  {"plain": None, "prefix": past, "soft": soft}[name])
    cases.save()


def generated(cases, name, lengths, V, lm, keys_of_prompt, prompt, steps=8):
    """Greedily, computed anew at each step."""
    for attempt in range(1000):
        ids, mask, keys = texts(cases, f"gen_{name}", lengths, V, 0, left=True)
        found, logits, margin = [], [], math.inf
        whole_ids, whole_mask = ids, mask
        for step in range(steps):
            positions = (whole_mask.cumsum(1) - 1).clamp(min=0)
            if name == "prefix":
                all_seen = torch.cat([torch.ones(len(ids), P, dtype=torch.long), whole_mask], 1)
                out = lm(input_ids=whole_ids, attention_mask=all_seen, position_ids=positions + P, past_key_values=prompt(len(ids)))
            elif name == "soft":
                vectors = torch.cat([prompt.expand(len(ids), -1, -1), lm.model.embed_tokens(whole_ids)], 1)
                out = lm(inputs_embeds=vectors)
            else:
                out = lm(input_ids=whole_ids, attention_mask=whole_mask, position_ids=positions)
            logits.append(out.logits[:, -1].detach())
            best = logits[-1].topk(2).values
            margin = min(margin, (best[:, 0] - best[:, 1]).min().item())
            found.append(logits[-1].argmax(-1))
            whole_ids = torch.cat([whole_ids, found[-1][:, None]], 1)
            whole_mask = torch.cat([whole_mask, torch.ones_like(found[-1])[:, None]], 1)
        if margin > 0.02:
            cases.add(f"generate_{name}", "generate", keys | keys_of_prompt,
                      dict(tokens=torch.stack(found, 1), first_step_logits=logits[0], last_step_logits=logits[-1]))
            return
    raise ValueError("no text whose next tokens are clear")


def ptuning_v1(cases, V, pad, H, mode, scores, words):
    """Soft tokens around the text, and the vocabulary's scores at one place of each row."""
    ids, mask, keys = texts(cases, "ptv1", [10, 8], V, pad)
    at = torch.tensor([[1, 2, 7], [1, 3, 5]])
    read, target, verbalizer = torch.tensor([9, 7]), torch.tensor([12, 30]), torch.tensor([12, 30, 17])
    prompts = torch.randn(3, H).requires_grad_()
    for role, tensor in dict(prompt_positions=at, mask_positions=read, target_ids=target, verbalizer_ids=verbalizer).items():
        keys[role] = cases.put(f"in/ptv1/{role}", tensor)
    keys["prompts"] = cases.put("ptuning_v1_direct/prompts", prompts)
    rows = torch.arange(2)
    vectors = words(ids).index_put((rows[:, None].expand_as(at), at), prompts.expand(2, -1, -1))
    logits = scores(vectors, mask)[rows, read]
    loss = cross_entropy(logits, target)
    cases.add("ptuning_v1_direct", "ptuning_v1", keys,
              dict(logits=logits, verbalizer_logits=logits[:, verbalizer], loss=loss, **gradients(loss, {"grad_prompts": prompts})),
              mode=mode)


# ------------------------------------------------------------------------------------------------------------------ MPNet
def attention_with_prefix(self, hidden_states, attention_mask=None, position_bias=None, output_attentions=False, **kwargs):
    """MPNetSelfAttention.forward with self.prefix, keys and values [1, A, P, d] each, before those of the text."""
    heads = lambda x: x.view(*hidden_states.shape[:-1], -1, self.attention_head_size).transpose(1, 2)
    q, k, v = heads(self.q(hidden_states)), heads(self.k(hidden_states)), heads(self.v(hidden_states))
    before = [each.expand(len(q), -1, -1, -1) for each in self.prefix]
    scores = q @ k.transpose(-1, -2) / math.sqrt(self.attention_head_size) + position_bias
    if attention_mask is not None:
        scores = scores + attention_mask
    scores = torch.cat([q @ before[0].transpose(-1, -2) / math.sqrt(self.attention_head_size), scores], -1)
    context = scores.softmax(-1) @ torch.cat([before[1], v], 2)
    return (self.o(context.transpose(1, 2).flatten(2)),)


def mpnet(folder):
    V, H, A, L = 120, 24, 3, 2
    config = MPNetConfig(vocab_size=V, hidden_size=H, num_hidden_layers=L, num_attention_heads=A, intermediate_size=40,
                         max_position_embeddings=200, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    lm = draw(MPNetForMaskedLM(config))
    model = draw(MPNetModel(config))
    model.load_state_dict(lm.mpnet.state_dict(), strict=False)
    lm.save_pretrained(f"{folder}/model")
    saved = load_file(f"{folder}/model/model.safetensors")
    saved |= {f"mpnet.{k}": v for k, v in model.state_dict().items() if k.startswith("pooler.")}
    save_file(saved, f"{folder}/model/model.safetensors", {"format": "pt"})
    lm.mpnet = model  # with its pooler, which the language model does not read
    cases = Cases(folder, "mpnet")
    prefix, soft = torch.randn(P, L * 2 * H).requires_grad_(), torch.randn(P, H).requires_grad_()
    keys_of_prefix, keys_of_soft = {"prefix": cases.put("prefix", prefix)}, {"soft": cases.put("soft", soft)}
    plain = modeling_mpnet.MPNetSelfAttention.forward

    def prefixed(run):
        rows = prefix.view(P, 2 * L, A, H // A).permute(1, 2, 0, 3).unsqueeze(1)  # [2L, 1, A, P, d]
        for layer, module in enumerate(model.encoder.layer):
            module.attention.attn.prefix = rows[2 * layer], rows[2 * layer + 1]
        modeling_mpnet.MPNetSelfAttention.forward = attention_with_prefix
        try:
            return run()
        finally:
            modeling_mpnet.MPNetSelfAttention.forward = plain

    def position_ids(ids, shift):
        counted = ids.ne(1).cumsum(1)
        return torch.where(ids.ne(1), 1 + shift + counted, 1)

    for name, lengths in [("padded", [12, 4, 7]), ("full", [9, 9]), ("long", [170])]:
        ids, mask, keys = texts(cases, name, lengths, V, 1)
        out = model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        if name == "padded":
            padded = ids, mask, keys
        found = states(out) if name == "padded" else {"last_hidden_state": out.last_hidden_state}
        cases.add(f"plain_{name}", "forward", keys, dict(found, pooler_output=out.pooler_output))
    ids, mask, keys = padded
    for convention, shift in [("shifted", P), ("unshifted", 0)]:
        out = prefixed(lambda: model(input_ids=ids, attention_mask=mask, position_ids=position_ids(ids, shift), output_hidden_states=True))
        found = states(out) if shift else {"last_hidden_state": out.last_hidden_state}
        cases.add(f"prefix_{convention}", "prefix_forward", keys | keys_of_prefix, dict(found, pooler_output=out.pooler_output),
                  position_convention=convention)
    vectors = torch.cat([soft.expand(3, -1, -1), model.embeddings.word_embeddings(ids)], 1)
    out = model(inputs_embeds=vectors, attention_mask=torch.cat([torch.ones(3, P, dtype=torch.long), mask], 1))
    cases.add("soft_forward", "soft_forward", keys | keys_of_soft,
              dict(last_hidden_state=out.last_hidden_state, pooler_output=out.pooler_output))
    labels = torch.tensor([1, 0, 2])
    keys = dict(keys, labels=cases.put("in/labels", labels))
    weights, params = linear(cases, "seqcls", ["classifier.dense", "classifier.out_proj"], [H, 3], H)

    def classified(out):
        dense = torch.tanh(out.last_hidden_state[:, 0] @ weights["classifier.dense.weight"].T + weights["classifier.dense.bias"])
        return dense @ weights["classifier.out_proj.weight"].T + weights["classifier.out_proj.bias"]

    logits = classified(model(input_ids=ids, attention_mask=mask))
    facts = dict(head="roberta_head", head_params=params)
    cases.add("seqcls_plain", "seqcls", keys, dict(logits=logits, loss=cross_entropy(logits, labels)), **facts)
    logits = classified(prefixed(lambda: model(input_ids=ids, attention_mask=mask, position_ids=position_ids(ids, P))))
    loss = cross_entropy(logits, labels)
    trained = {"grad_prefix": prefix} | {f"grad_head/{k}": v for k, v in weights.items()}
    cases.add("seqcls_prefix", "seqcls", keys | keys_of_prefix, dict(logits=logits, loss=loss, **gradients(loss, trained)),
              adapter="prefix", position_convention="shifted", **facts)
    ids, mask, keys = texts(cases, "lm", [11, 8], V, 1)
    labels = torch.full_like(ids, -100)
    labels[0, 2:5], labels[1, 6] = torch.tensor([40, 9, 77]), 23
    keys["labels"] = cases.put("in/lm/labels", labels)
    logits = lm(input_ids=ids, attention_mask=mask).logits
    cases.add("mlm", "mlm", keys, dict(logits=logits, loss=cross_entropy(logits.view(-1, V), labels.view(-1))))
    logits = prefixed(lambda: lm(input_ids=ids, attention_mask=mask, position_ids=position_ids(ids, P))).logits
    loss = cross_entropy(logits.view(-1, V), labels.view(-1))
    cases.add("mlm_prefix", "mlm", keys | keys_of_prefix,
              dict(mask_logits=logits[labels >= 0], loss=loss, **gradients(loss, {"grad_prefix": prefix})),
              adapter="prefix", position_convention="shifted")
    ptuning_v1(cases, V, 1, H, "mlm", lambda vectors, mask: lm(inputs_embeds=vectors, attention_mask=mask).logits,
               model.embeddings.word_embeddings)
    cases.save()


# ----------------------------------------------------------------------------------------------- ModernBERT as a classifier
def modernbert_classifier(folder):
    V, H = 80, 24
    config = ModernBertConfig(
        vocab_size=V, hidden_size=H, intermediate_size=32, num_hidden_layers=3, num_attention_heads=3, max_position_embeddings=64,
        local_attention=6, global_attn_every_n_layers=2, pad_token_id=1, classifier_pooling="mean", classifier_bias=True,
        classifier_activation="relu", norm_bias=True, num_labels=3, bos_token_id=None, eos_token_id=None, cls_token_id=None,
        sep_token_id=None, attn_implementation="eager")
    model = draw(ModernBertForSequenceClassification(config))
    model.save_pretrained(f"{folder}/model")
    cases = Cases(folder, "modernbert")
    ids, mask, keys = texts(cases, "padded", [12, 4, 7], V, 1)
    out = model.model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    cases.add("plain_padded", "forward", keys, states(out))
    labels = torch.tensor([1, 0, 2])
    keys["labels"] = cases.put("in/labels", labels)
    out = model(input_ids=ids, attention_mask=mask, labels=labels)
    params = {f"classifier.{k}": cases.put(f"head/seqcls/classifier.{k}", v) for k, v in model.classifier.named_parameters()}
    cases.add("seqcls_plain", "seqcls", keys, dict(logits=out.logits, loss=out.loss), head="modernbert_head", head_params=params)
    cases.save()


for index, make in enumerate([gemma, mpnet, modernbert_classifier]):
    torch.manual_seed(index)
    name = {"gemma": "gemma3"}.get(make.__name__, make.__name__)
    os.makedirs(os.path.join(sys.argv[1], name), exist_ok=True)
    make(os.path.join(sys.argv[1], name))
