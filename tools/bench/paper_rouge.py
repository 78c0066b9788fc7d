"""ROUGE-L of two texts, as Google's rouge_score has it without a stemmer (Lin 2004)."""

import re


def words(text):
    return re.findall("[a-z0-9]+", text.lower())


def common(first, second):
    """Length of the longest common subsequence."""
    row = [0] * (len(second) + 1)
    for a in first:
        corner = 0  # the row before, one column before
        for column, b in enumerate(second, 1):
            above = row[column]
            row[column] = corner + 1 if a == b else max(above, row[column - 1])
            corner = above
    return row[-1]


def rouge_l(text, reference):
    """F1 of the words in common, in order; 0 where one has none."""
    said, wanted = words(text), words(reference)
    shared = common(said, wanted)
    return 2 * shared / (len(said) + len(wanted)) if shared else 0.0


def best_rouge_l(text, references):
    """To the nearest of several references."""
    return max(rouge_l(text, reference) for reference in references)
