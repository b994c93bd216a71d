"""How a prefix of PEFT starts: normal (N(0, 1), as it comes), small (N(0, std²)), zero, or text: the keys and values that the frozen encoder computes for a text
(PEFT has a function for it that decoders alone can use, as it asks the model for a cache; here they are read from the layers)."""
import torch
from peft import initialize_kv_prefix_from_past_key_values


def start(model, tokenizer, kind, length, text, std=0.02):
    if kind == "text": return from_text(model, tokenizer, length, text)
    for name, p in model.named_parameters():
        if "prompt_encoder" in name: torch.nn.init.normal_(p, std={"normal": 1.0, "small": std, "zero": 0.0}[kind])


@torch.no_grad()
def from_text(model, tokenizer, length, text):
    base = model.get_base_model(); seen = {}; heads = base.config.num_attention_heads
    layers = [m for n, m in base.named_modules() if n.endswith("attention.self")]
    hooks = [getattr(layer, part).register_forward_hook(lambda m, i, out, key=(l, part): seen.__setitem__(key, out)) for l, layer in enumerate(layers) for part in ("key", "value")]
    ids = tokenizer(text, return_tensors="pt", truncation=True, max_length=length)["input_ids"]
    if ids.shape[1] < length: raise SystemExit(f"the text has {ids.shape[1]} tokens, fewer than the prefix's {length}")
    was = base.training; base.eval(); base(input_ids=ids, attention_mask=torch.ones_like(ids)); base.train(was)
    for hook in hooks: hook.remove()
    split = lambda t: t.view(1, length, heads, -1).transpose(1, 2)
    initialize_kv_prefix_from_past_key_values(model, past_key_values=[(split(seen[l, "key"]), split(seen[l, "value"])) for l in range(len(layers))], num_virtual_tokens=length)


def full_precision(layer):
    """Holds what is trained beside a prefix in fp32 over a model in bf16."""
    layer.float(); layer.register_forward_pre_hook(lambda m, i: (i[0].float(),))
