"""Serves N prefix-tuning adapters of PEFT's over one model, behind the same HTTP as ServeLoad asks.

Questions that wait are grouped by adapter, and each group is one batch after set_adapter: PEFT has no batch of several prompts.

  peft_serve.py --model DIR --tasks 32 --port 8090
"""
import argparse, collections, json, sys, threading
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
sys.path.insert(0, "/peft-src")
import torch
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedTokenizerFast
from peft import PrefixTuningConfig, TaskType, get_peft_model

a = argparse.ArgumentParser()
a.add_argument("--model"); a.add_argument("--tasks", type=int); a.add_argument("--port", type=int)
o = a.parse_args()
config = AutoConfig.from_pretrained(o.model, num_labels=3)
base = AutoModelForSequenceClassification.from_pretrained(o.model, config=config, dtype=torch.float32)
adapter = lambda: PrefixTuningConfig(task_type=TaskType.SEQ_CLS, num_virtual_tokens=20)
model = get_peft_model(base, adapter(), adapter_name="task-0")
for i in range(1, o.tasks):
    model.add_adapter(f"task-{i}", adapter())
model.eval()
tokenizer = PreTrainedTokenizerFast(tokenizer_file=o.model + "/tokenizer.json", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]")
tokenizer.backend_tokenizer.no_padding(); tokenizer.backend_tokenizer.no_truncation()
waiting, ready = collections.deque(), threading.Condition()


def compute():
    while True:
        with ready:
            while not waiting:
                ready.wait()
            task = waiting[0][0]
            group = [q for q in waiting if q[0] == task][:64]
            for q in group:
                waiting.remove(q)
        try:
            if model.active_adapter != task:
                model.set_adapter(task)
            e = tokenizer([q[1] for q in group], padding=True, truncation=True, max_length=128, return_tensors="pt", return_token_type_ids=True)
            with torch.inference_mode():
                answers = model(**e).logits.softmax(-1).tolist()
            for q, answer in zip(group, answers):
                q[2].set_result(answer)
        except Exception as failure:
            for q in group:
                q[2].set_exception(failure)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = Future()
        with ready:
            waiting.append((asked["task"], asked["text"], answer))
            ready.notify()
        try:
            status, body = 200, json.dumps({"answer": answer.result()}).encode()
        except Exception as failure:
            status, body = 500, str(failure).encode()
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        self.wfile.write(head + body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True


threading.Thread(target=compute, daemon=True).start()
print("Serving", flush=True)
Server(("127.0.0.1", o.port), Handler).serve_forever()
