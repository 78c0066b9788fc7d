"""Which texts make up which batch, and which negatives: the choices of CleaveTrain, made again.

So that both sides train on the same batches: CounterRandom, BatchOrder, CandidateSet and LearningSchedule
of Sources/Train, and Swift's `shuffled(using:)`.
"""

import math

import numpy

MASK = (1 << 64) - 1
GAMMA, PLACE = 0x9E3779B97F4A7C15, 0x632BE59BD9B4E019


def mixed(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


class CounterRandom:
    """SplitMix64 (Steele et al. 2014) from a seed and a place."""

    def __init__(self, seed, *place):
        self.state = mixed(seed)
        for part in place:
            self.state = mixed(self.state ^ mixed(part + PLACE & MASK))

    def next(self):
        self.state = self.state + GAMMA & MASK
        return mixed(self.state)

    def uniforms(self, count):
        """The next numbers in [0, 1)."""
        with numpy.errstate(over="ignore"):
            steps = numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(GAMMA)
            z = steps + numpy.uint64(self.state)
            z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
            z ^= z >> numpy.uint64(31)
        self.state = self.state + count * GAMMA & MASK
        return (z >> numpy.uint64(11)).astype(float) * 2.0 ** -53

    def below(self, bound):
        """Swift's RandomNumberGenerator.next(upperBound:), Lemire's method (arXiv 1805.10941)."""
        product = self.next() * bound
        if product & MASK < bound:
            least = (1 << 64) % bound
            while product & MASK < least:
                product = self.next() * bound
        return product >> 64

    def shuffled(self, values):
        values = list(values)
        for place in range(len(values) - 1):
            other = place + self.below(len(values) - place)
            values[place], values[other] = values[other], values[place]
        return values


def pack(texts, rows):
    """Texts in order, [(index, length)], a new batch where the next would not fit."""
    batches, filled = [], rows
    for index, length in texts:
        if filled + length > rows:
            batches.append([])
            filled = 0
        batches[-1].append(index)
        filled += length
    return batches


def epochs(texts, rows, seed):
    """(indices of the texts, (epoch, place)) of every micro-batch, without end."""
    epoch = 0
    while True:
        batches = pack(CounterRandom(seed, 1, epoch).shuffled(texts), rows)
        for place, batch in enumerate(batches):
            yield batch, (epoch, place + 1)
        epoch += 1


def candidates(named, vocabulary, negatives, random):
    """(tokens: those named, rising, then samples; how many are named; logarithm of what a sample stands for).

    Sequential sampling without replacement (Knuth, TAOCP 2, 3.4.2, algorithm S).
    """
    named = numpy.unique(named)
    others = numpy.setdiff1d(numpy.arange(vocabulary), named, assume_unique=True)
    wanted = min(negatives, len(others))
    samples = []
    for seen, draw in enumerate(random.uniforms(len(others))):
        if len(samples) == wanted:
            break
        if (len(others) - seen) * draw < wanted - len(samples):
            samples.append(others[seen])
    correction = math.log(len(others) / wanted) if wanted else 0.0
    return numpy.concatenate([named, numpy.array(samples, dtype=named.dtype)]), len(named), correction


def rate(step, steps, highest, warm_up=0.05, floor=0.05):
    """Linear up, then half a cosine down to a share of the highest."""
    rising = max(1, int(warm_up * steps))
    if step < rising:
        return highest * (step + 1) / rising
    done = min(1, (step - rising) / max(1, steps - rising))
    return highest * (floor + (1 - floor) * (1 + math.cos(math.pi * done)) / 2)
