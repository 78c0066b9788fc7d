#!/usr/bin/env python3
"""Judges `cleave serve --api` by two clients of OpenAI's interface, by hand and in Tests/ServiceTests.

usage: check_api.py CLEAVE ARTIFACT CHECKPOINT [--cloud BUNDLE] [--chat]
       check_api.py --url URL [CHECKPOINT] [--chat]

ARTIFACT is a model artifact, or an edge bundle with --cloud; CHECKPOINT the Hugging Face directory that it was
imported from. The server computes in float32; URL is that of one that runs, as http://127.0.0.1:8080/v1. Without a
CHECKPOINT only the second is done.

1. lm-eval runs a task of choices and one of perplexity over a local jsonl file twice: `local-completions` asks the
   server for the probabilities of the tokens it sends (echo and logprobs), `hf` asks transformers in float32. Every
   log-likelihood has to be the same within 1e-3 of its tokens' number, and every score the same.
2. The `openai` client asks for completions and (with --chat) chats: whole, streamed, with usage, wrong, too many.

Needs openai (judges.txt), and with a CHECKPOINT lm-eval[api] 0.4.13, accelerate, transformers and torch; nothing from
the network.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

os.environ.update(HF_DATASETS_OFFLINE="1", HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

ITEMS = [
    ("The sky on a clear day is", ["blue", "made of stone", "seven"], 0),
    ("Water boils when it is", ["hot", "asleep", "a colour"], 0),
    ("A dog is an", ["animal", "hour", "island of salt"], 0),
    ("Two and two are", ["four", "a river", "green"], 0),
    ("She opened the", ["door", "of", "and and"], 0),
    ("In winter it is", ["cold", "cold and the snow lies on the roofs", "x"], 1),
    ("Bread is made of", ["flour", "numbers", "the"], 0),
    ("hello there, how", ["are you", "is", "blue"], 0),
]

CHOICES = """
task: local_choices
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: multiple_choice
doc_to_text: context
doc_to_choice: choices
doc_to_target: answer
metric_list: [{{metric: acc}}, {{metric: acc_norm}}]
"""

ROLLING = """
task: local_perplexity
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: text
metric_list: [{{metric: byte_perplexity}}, {{metric: bits_per_byte}}]
"""


def serve(options):
    command = [
        options.cleave, "serve", options.artifact, "--api", "127.0.0.1:0", "--json", "--activations",
        "float32", "--kv-cache", "f32"]
    if options.cloud:
        command += ["--cloud", options.cloud]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return server, json.loads(server.stdout.readline())["api"]


def evaluate(folder, base, checkpoint):
    """The results of both, by lm-eval."""
    import lm_eval
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=str(folder), include_defaults=False)
    tasks = ["local_choices", "local_perplexity"]

    def run(model, arguments):
        return lm_eval.simple_evaluate(
            model=model, model_args=arguments, tasks=tasks, task_manager=manager, batch_size=1,
            log_samples=True, bootstrap_iters=0)

    ours = run(
        "local-completions",
        f"model={base['model']},base_url={base['url']}/completions,tokenizer={checkpoint},"
        "tokenizer_backend=huggingface,tokenized_requests=True,num_concurrent=1,max_length=512")
    theirs = run("hf", f"pretrained={checkpoint},dtype=float32,device=cpu,max_length=512")
    return ours, theirs


def compare(ours, theirs):
    worst, count = 0.0, 0
    for task, samples in theirs["samples"].items():
        for one, other in zip(ours["samples"][task], samples, strict=True):
            assert one["doc"] == other["doc"]
            for left, right in zip(one["resps"], other["resps"], strict=True):
                left, right = left[0], right[0]
                pairs = [(left, right)] if isinstance(left, float) else [(left[0], right[0])]
                if not isinstance(left, float):
                    assert str(left[1]) == str(right[1]), "another token is the most probable"
                for a, b in pairs:
                    worst, count = max(worst, abs(float(a) - float(b))), count + 1
        for name, score in theirs["results"][task].items():
            mine = ours["results"][task][name]
            if isinstance(score, float):
                print(f"{task} {name}: {mine:.6f} here, {score:.6f} by transformers")
                assert abs(mine - score) <= 1e-4 * max(1, abs(score)), name
    print(f"{count} log-likelihoods, the largest difference {worst:.2e}")
    assert worst < 1e-2


def ask(base, chat):
    """What the openai client gets."""
    import openai

    client = openai.OpenAI(base_url=base["url"], api_key="none", max_retries=0)
    model = client.models.list().data[0].id
    assert model == base["model"] and client.models.retrieve(model).id == model
    whole = client.completions.create(
        model=model, prompt="hello there", max_tokens=8, temperature=0, logprobs=2, echo=True)
    logprobs = whole.choices[0].logprobs
    assert whole.choices[0].text.startswith("hello there") and logprobs.token_logprobs[0] is None
    assert len(logprobs.tokens) == len(logprobs.text_offset) == len(logprobs.top_logprobs)
    several = client.completions.create(model=model, prompt=["hello", "there"], max_tokens=3)
    assert [choice.index for choice in several.choices] == [0, 1]
    stream = client.completions.create(
        model=model, prompt="hello there", max_tokens=8, temperature=0, stream=True)
    assert "hello there" + "".join(piece.choices[0].text for piece in stream) == whole.choices[0].text
    for change, kind in [
        ({"model": "other"}, openai.NotFoundError), ({"n": 2}, openai.BadRequestError),
        ({"max_tokens": -1}, openai.BadRequestError), ({"logit_bias": {"5": 1}}, openai.BadRequestError)]:
        try:
            client.completions.create(**{"model": model, "prompt": "a", **change})
            raise AssertionError(change)
        except kind as error:
            print(f"refused: {error.body['message']}")

    def seeded(seed):
        return client.completions.create(
            model=model, prompt="hello there", max_tokens=6, temperature=1, seed=seed).choices[0].text

    alone = [seeded(seed) for seed in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(seeded, range(8))) == alone
    print("8 at once: each has the text that it has alone")
    if not chat:
        return
    messages = [{"role": "user", "content": "hello there"}]
    answer = client.chat.completions.create(
        model=model, messages=messages, max_completion_tokens=8, temperature=0)
    pieces = list(client.chat.completions.create(
        model=model, messages=messages, max_tokens=8, temperature=0, stream=True,
        stream_options={"include_usage": True}))
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    assert text == answer.choices[0].message.content
    assert pieces[-1].usage.completion_tokens == answer.usage.completion_tokens
    messages += [
        {"role": "assistant", "content": text}, {"role": "user", "content": "and then"}]
    second = client.chat.completions.create(model=model, messages=messages, max_tokens=4)
    print(f"second turn: {second.usage.prompt_tokens} tokens in the prompt, "
          f"{second.usage.prompt_tokens_details.cached_tokens} of them kept from the first")


def judge_scores(base, checkpoint):
    """Compares what lm-eval finds with what it finds of transformers."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        data = folder / "items.jsonl"
        data.write_text("".join(
            json.dumps({
                "context": context, "choices": choices, "answer": answer,
                "text": f"{context} {choices[answer]}. {context} {choices[answer]} again."}) + "\n"
            for context, choices, answer in ITEMS))
        (folder / "choices.yaml").write_text(CHOICES.format(data=data))
        (folder / "perplexity.yaml").write_text(ROLLING.format(data=data))
        compare(*evaluate(folder, base, checkpoint))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", metavar="PATH")
    parser.add_argument("--cloud")
    parser.add_argument("--url")
    parser.add_argument("--chat", action="store_true")
    options = parser.parse_args()
    if len(options.paths) not in ((0, 1) if options.url else (3,)):
        parser.error("expected CLEAVE ARTIFACT CHECKPOINT, or --url URL [CHECKPOINT]")
    server, url = None, options.url
    if not url:
        options.cleave, options.artifact = options.paths[:2]
        server, url = serve(options)
    with urllib.request.urlopen(f"{url}/models") as answer:
        model = json.load(answer)["data"][0]["id"]
    assert not server or model == pathlib.Path(options.artifact).name
    base = {"url": url, "model": model}
    try:
        ask(base, options.chat)
        if options.paths:
            judge_scores(base, options.paths[-1])
    finally:
        if server:
            server.terminate()
            assert server.wait(30) == 0, "the server did not end in order"
    print("check_api: nothing is wrong")


if __name__ == "__main__":
    sys.exit(main())
