"""Writes tiny SentencePiece models, the same as GGUF, and what sentencepiece makes of the corpus.

    python tools/golden/sentencepiece_model.py Tests/Golden/tokenizer

reads corpus.jsonl there and writes for BPE (sentencepiece) and Unigram (sentencepiece-unigram) NAME.model,
NAME.gguf and NAME.expected.json: {"ids": ..., "decoded": ...} of every fourth line, without special tokens.
Made with sentencepiece 0.2.3, gguf 0.19.0.
"""

import io
import json
import pathlib
import sys

import gguf
import sentencepiece


def make(directory, corpus, name, kind, gguf_model):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([line for line in corpus if "\n" not in line and line.strip()]),
        model_writer=model, vocab_size=900, model_type=kind, byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False,
        character_coverage=0.98, split_digits=True, allow_whitespace_only_pieces=True,
        user_defined_symbols=["<|turn|>"], minloglevel=2, num_threads=1)
    (directory / f"{name}.model").write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    # A NUL ends a text for sentencepiece, and U+2581 is its own space.
    some = [line for line in corpus[::4]]
    ids = [processor.encode(line) for line in some]
    decoded = [processor.decode(row) for row in ids]
    compact = dict(ensure_ascii=False, separators=(",", ":"))
    with open(directory / f"{name}.expected.json", "w", encoding="utf-8") as out:
        out.write('{"ids":[\n' + ",\n".join(json.dumps(row, **compact) for row in ids) + '\n],\n"decoded":')
        json.dump({str(i): text for i, text in enumerate(decoded) if text != some[i]}, out, **compact)
        out.write(',\n"skipped":{}}\n')

    writer = gguf.GGUFWriter(directory / f"{name}.gguf", "llama")
    count = processor.get_piece_size()
    kinds = []
    for piece in range(count):
        if processor.is_unknown(piece):
            kinds.append(gguf.TokenType.UNKNOWN)
        elif processor.is_control(piece):
            kinds.append(gguf.TokenType.CONTROL)
        elif processor.is_byte(piece):
            kinds.append(gguf.TokenType.BYTE)
        elif processor.id_to_piece(piece) == "<|turn|>":
            kinds.append(gguf.TokenType.USER_DEFINED)
        else:
            kinds.append(gguf.TokenType.NORMAL)
    writer.add_tokenizer_model(gguf_model)
    writer.add_tokenizer_pre("default")
    writer.add_token_list([processor.id_to_piece(piece) for piece in range(count)])
    writer.add_token_scores([processor.get_score(piece) for piece in range(count)])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(processor.bos_id())
    writer.add_eos_token_id(processor.eos_id())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(name, count, "pieces,", sum(map(len, ids)), "ids")


def main():
    directory = pathlib.Path(sys.argv[1])
    corpus = [json.loads(line) for line in open(directory / "corpus.jsonl", encoding="utf-8")]
    make(directory, corpus, "sentencepiece", "bpe", "llama")
    make(directory, corpus, "sentencepiece-unigram", "unigram", "t5")


if __name__ == "__main__":
    main()
