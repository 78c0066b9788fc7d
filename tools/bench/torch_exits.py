"""The peer of `cleave train`: the same exit, loss, batches and optimizer in PyTorch, float32.

    torch_exits.py about                                        what it is, one line
    torch_exits.py train F32_ARTIFACT STORE --exit DEPTH --body BODY --steps N --evaluate A,B,...
    torch_exits.py capture F32_ARTIFACT STORE OUT --depth DEPTH

`train` learns from a capture of cleave's (specs/capture.md) with the defaults of `cleave train`, and
evaluates after the steps named. `capture` runs transformers' float32 model over the store's texts, keeps
what a store keeps in OUT, and says how often both teachers give the same answer. Both print JSON. Runs
under a Python of its own, which has torch, transformers, safetensors and numpy.
"""

import argparse
import itertools
import json
import resource
import time

import torch

import torch_capture
from torch_network import Exit, Rotation
from torch_order import CounterRandom, candidates, epochs, pack, rate
from torch_store import Store, configuration, unembedding

# The defaults of `cleave train`.
BATCH_TOKENS, ACCUMULATION, SEED = 1024, 2, 1
RATE, DECAY, LARGEST_NORM, BETAS = 1e-3, 0.01, 1.0, (0.9, 0.98)
ANSWER_SHARE, PROMPT_WEIGHT, NEGATIVES = 0.5, 0.1, 2048
HELD_OUT_TOKENS, EVALUATED_ROWS = 4096, 256


class Batch:
    def __init__(self, store, texts, depth, prompt_weight):
        self.lengths = [int(store.lengths[text]) for text in texts]
        self.states = torch.cat([store.states(text, depth) for text in texts])
        ids, logits = zip(*(store.teacher(text) for text in texts))
        weights = torch.ones(len(self.states))
        start = 0
        for text, length in zip(texts, self.lengths):
            weights[start:start + max(0, int(store.prompts[text]) - 1)] = prompt_weight
            start += length
        self.rows = weights.nonzero()[:, 0]
        self.weights = weights[self.rows]
        self.ids, self.logits = torch.cat(ids)[self.rows], torch.cat(logits)[self.rows]
        self.target = (1 - ANSWER_SHARE) * torch.softmax(self.logits, -1)
        self.target[:, 0] += ANSWER_SHARE


class Training:
    def __init__(self, options):
        torch.manual_seed(0)
        self.store, self.depth, self.steps = Store(options.store), options.exit, options.steps
        config = configuration(options.artifact)
        self.exit = Exit(options.artifact, config, options.body)
        self.unembedding = unembedding(options.artifact)
        self.batch_rows = max(BATCH_TOKENS, int(self.store.lengths.max()))
        self.rotation = Rotation(config, self.batch_rows)
        parameters = list(self.exit.parameters())
        self.optimizer = torch.optim.AdamW([
            {"params": [p for p in parameters if p.ndim > 1], "weight_decay": DECAY},
            {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0},
        ], lr=RATE, betas=BETAS, eps=1e-8, fused=True)
        self.plan = list(self.planned())

    def planned(self):
        """(texts, candidates, those named, correction) of each micro-batch: chosen before anything is timed."""
        order = epochs(self.store.texts(held_out=False), self.batch_rows, SEED)
        for texts, place in itertools.islice(order, self.steps * ACCUMULATION):
            named = Batch(self.store, texts, self.depth, PROMPT_WEIGHT).ids
            tokens, count, correction = candidates(
                named.numpy(), self.store.vocabulary, NEGATIVES, CounterRandom(SEED, 2, *place))
            yield texts, torch.from_numpy(tokens), count, correction

    def normed(self, batch):
        return self.exit(
            batch.states, batch.lengths, self.rotation.of(batch.lengths), batch.rows)

    def batch_loss(self, texts, tokens, named, correction):
        """(mean loss, weight of its rows, tokens)"""
        batch = Batch(self.store, texts, self.depth, PROMPT_WEIGHT)
        place = torch.zeros(self.store.vocabulary, dtype=torch.long)
        place[tokens] = torch.arange(len(tokens))
        z = self.normed(batch) @ self.unembedding[tokens].T
        z[:, named:] += correction  # a sample stands for others
        chosen = z.gather(1, place[batch.ids])
        losses = z.logsumexp(-1) - (batch.target * chosen).sum(-1)
        weight = batch.weights.sum()
        return losses @ batch.weights / weight, float(weight), len(batch.states)

    def step(self, number):
        """(sum of weighted losses, of weights, tokens)"""
        sums = [0.0, 0.0, 0]
        for micro in self.plan[number * ACCUMULATION:(number + 1) * ACCUMULATION]:
            loss, weight, count = self.batch_loss(*micro)
            (loss / ACCUMULATION).backward()
            sums = [a + b for a, b in zip(sums, (float(loss.detach()) * weight, weight, count))]
        torch.nn.utils.clip_grad_norm_(self.exit.parameters(), LARGEST_NORM)
        for group in self.optimizer.param_groups:
            group["lr"] = rate(number, self.steps, RATE)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return sums

    @torch.inference_mode()
    def score(self):
        """(mean loss over the vocabulary, agreement) on the held-out texts."""
        texts, taken = [], 0
        for index, length in self.store.texts(held_out=True):
            if taken < HELD_OUT_TOKENS:
                texts.append((index, length))
                taken += length - int(self.store.prompts[index]) + 1
        losses, agreeing, count = 0.0, 0, 0
        for micro in pack(texts, self.batch_rows):
            batch = Batch(self.store, micro, self.depth, 0)
            rows = zip(*(x.split(EVALUATED_ROWS) for x in (
                self.normed(batch), batch.target, batch.ids)))
            for normed, target, ids in rows:
                z = normed @ self.unembedding.T
                losses += float((z.logsumexp(-1) - (target * z.gather(1, ids)).sum(-1)).sum())
                agreeing += int((z.argmax(-1) == ids[:, 0]).sum())
                count += len(z)
        return losses / count, agreeing / count

    def run(self, evaluated):
        history = [{"step": 0, "held_out": self.score(), "training_loss": 0.0}]
        self.batch_loss(*self.plan[0])[0].backward()  # what a first call sets up is not timed
        self.optimizer.zero_grad()
        seconds, tokens, losses, weights = 0.0, 0, 0.0, 0.0
        for number in range(self.steps):
            start = time.perf_counter()
            loss, weight, count = self.step(number)
            seconds += time.perf_counter() - start
            tokens, losses, weights = tokens + count, losses + loss, weights + weight
            if number + 1 in evaluated:
                history.append({"step": number + 1, "held_out": self.score(),
                                "training_loss": losses / weights})
                losses, weights = 0.0, 0.0
        return {"tokens": tokens, "seconds": seconds, "history": history}


def train(options):
    result = Training(options).run({int(step) for step in options.evaluate.split(",")})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(result | {"peak_bytes": peak}))


def about(_):
    import transformers
    print(f"torch {torch.__version__}, transformers {transformers.__version__}, float32")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    commands.add_parser("about").set_defaults(run=about)
    training = commands.add_parser("train")
    training.set_defaults(run=train)
    capturing = commands.add_parser("capture")
    capturing.set_defaults(run=torch_capture.capture)
    for command in (training, capturing):
        command.add_argument("artifact")
        command.add_argument("store")
        command.add_argument("--threads", type=int, default=2)
    training.add_argument("--exit", type=int, required=True)
    training.add_argument("--body", required=True)
    training.add_argument("--steps", type=int, required=True)
    training.add_argument("--evaluate", required=True)
    capturing.add_argument("out")
    capturing.add_argument("--depth", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    chosen = arguments()
    torch.set_num_threads(getattr(chosen, "threads", 2))
    chosen.run(chosen)
