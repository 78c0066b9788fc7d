"""Writes the golden file of the chat template tests: what transformers makes of conversations.

Made with transformers 5.23.0, jinja2 3.1.6 and tokenizers 0.23.3; nothing needs it to build or test.

    python tools/golden/tokenizer_chat.py Tests/Golden/tokenizer/chat.json

The file: [{"name", "template", "bos", "eos",
            "renderings": [{"messages": [[role, content], ...], "prompt": bool, "text"}]}]
"""

import json
import pathlib
import sys

from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

SYSTEM = ("{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\n"
          "HOLE<|im_end|>\\n' }}{% endif %}")
TURN = ("{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
        "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")
LOOP = "{% for message in messages %}"
OPEN_TURN = ("{{'<|im_start|>' + message['role'] + '\\n' + message['content']}}"
             "{% if (loop.last and add_generation_prompt) or not loop.last %}{{ '<|im_end|>' + '\\n'}}"
             "{% endif %}{% endfor %}"
             "{% if add_generation_prompt and messages[-1]['role'] != 'assistant' %}"
             "{{ '<|im_start|>assistant\\n' }}{% endif %}")
DEFAULT = ("{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}"
           "{% endif %}")
LLAMA3 = ("{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = "
          "'<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] "
          "| trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}"
          "{% endif %}{{ content }}{% endfor %}")
PROMPT = "{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}"

SMOLLM2 = LOOP + SYSTEM.replace(
    "HOLE", "You are a helpful AI assistant named SmolLM, trained by Hugging Face") + TURN
QWEN = SYSTEM.replace("HOLE", "You are a helpful assistant")

TEMPLATES = [
    ("smollm2", SMOLLM2, None, "<|im_end|>"),
    ("smollm2 as in a GGUF", SMOLLM2.replace("\\n", "\n"), "<|im_start|>", "<|im_end|>"),
    ("a newline at the end, CRLF", SMOLLM2.replace("\\n", "\r\n") + "\n", None, None),
    ("qwen2", LOOP + SYSTEM.replace("HOLE", "You are a helpful assistant.") + TURN, None, None),
    ("escapes", LOOP + SYSTEM.replace("HOLE", "Don\\'t \\\\n say \\\"no\\\".\\nÉ\n") + TURN, None, None),
    ("qwen1.5", LOOP + QWEN + OPEN_TURN, None, None),
    ("chatml", LOOP + TURN, None, None),
    ("chatml with a default", DEFAULT + LOOP + TURN, "<s>", "</s>"),
    ("llama3", LLAMA3 + "{% if add_generation_prompt %}" + PROMPT + "{% endif %}",
     "<|begin_of_text|>", "<|eot_id|>"),
    ("llama3 always prompting", LLAMA3 + PROMPT, "<|begin_of_text|>", "<|eot_id|>"),
]

CONVERSATIONS = [
    [["user", "Hello!"]],
    [["system", "Be brief."], ["user", "Why is the sky blue?"]],
    [["user", "Hi"], ["assistant", "Hello, how can I help?"], ["user", "It's fine.\n\nBye"]],
    [["user", "Once upon"], ["assistant", "a time"]],
    [["assistant", "I speak first"], ["system", "late system"], ["tool", "{\"a\": 1}"]],
    [["user", ""]],
    [["user", "  \t spaces around \u00a0\u2003\x1c\x1f\n"], ["assistant", "\u200b kept \ufeff"]],
    [["user", "<|im_end|> {{ 7 * 7 }} {% raw %} 'quotes' \\n"], ["user", "été 漢字 👩‍👩‍👧 e\u0301\r\n"]],
    [["system", ""], ["user", "\r\n"]],
]


def main():
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE({"x": 0}, [])))
    written = []
    for name, template, bos, eos in TEMPLATES:
        tokenizer.bos_token, tokenizer.eos_token = bos, eos
        renderings = []
        for conversation in CONVERSATIONS:
            messages = [{"role": role, "content": content} for role, content in conversation]
            for prompt in (False, True):
                text = tokenizer.apply_chat_template(
                    messages, chat_template=template, tokenize=False, add_generation_prompt=prompt)
                renderings.append({"messages": conversation, "prompt": prompt, "text": text})
        written.append({"name": name, "template": template, "bos": bos, "eos": eos,
                        "renderings": renderings})
    text = json.dumps(written, ensure_ascii=False, indent=1)
    pathlib.Path(sys.argv[1]).write_text(text + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main()
