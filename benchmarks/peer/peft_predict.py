"""Predicts one sentence with a PEFT prefix-tuning adapter, as a whole process: imports, loading, answer.

  peft_predict.py --model DIR --adapter DIR "a sentence"      (--make writes an untrained adapter there first)
"""
import argparse, sys
sys.path.insert(0, "/peft-src")
import torch
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedTokenizerFast
from peft import PeftModel, PrefixTuningConfig, TaskType, get_peft_model

a = argparse.ArgumentParser()
a.add_argument("--model"); a.add_argument("--adapter"); a.add_argument("--make", action="store_true"); a.add_argument("text")
o = a.parse_args()
config = AutoConfig.from_pretrained(o.model, num_labels=2)
base = AutoModelForSequenceClassification.from_pretrained(o.model, config=config, dtype=torch.float32)
if o.make:
    get_peft_model(base, PrefixTuningConfig(task_type=TaskType.SEQ_CLS, num_virtual_tokens=20)).save_pretrained(o.adapter)
else:
    model = PeftModel.from_pretrained(base, o.adapter).eval()
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=o.model + "/tokenizer.json", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]")
    e = tokenizer([o.text], return_tensors="pt", return_token_type_ids=True)
    with torch.inference_mode():
        print(model(**e).logits.softmax(-1).tolist())
