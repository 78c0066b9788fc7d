"""Writes chat templates with what transformers makes of them (Tests/Golden/templates).

    python tools/golden/templates.py Tests/Golden/templates LLAMA_CPP/models/templates

copies the actual templates of the families from llama.cpp's collection, writes those that are not in it
below, renders all of them over conversations, and a list of small snippets one by one, with the Jinja
environment of transformers' apply_chat_template. The date is always 2026-07-26.

    expected.json    {"conversations": [...], "templates": {name: [[text or null, text or null], ...]},
                      "snippets": [[template, text or null], ...]}

where each pair is without and with a generation prompt, and null is an error. Made with Jinja2 3.1.6,
transformers 5.23.
"""

import datetime
import json
import pathlib
import sys

from transformers.utils import chat_template_utils as utils

FROM_LLAMA_CPP = [
    "HuggingFaceTB-SmolLM3-3B", "Mistral-Small-3.2-24B-Instruct-2506",
    "Qwen-QwQ-32B", "Qwen-Qwen2.5-7B-Instruct",
    "Qwen-Qwen3-0.6B", "Qwen3-Coder", "deepseek-ai-DeepSeek-R1-Distill-Llama-8B",
    "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", "google-gemma-2-2b-it",
    "meta-llama-Llama-3.1-8B-Instruct", "meta-llama-Llama-3.2-3B-Instruct",
    "meta-llama-Llama-3.3-70B-Instruct", "microsoft-Phi-3.5-mini-instruct",
    "mistralai-Mistral-Nemo-Instruct-2407",
]

# As the models' tokenizer_config.json have them.
OTHERS = {
    "llama-2": (
        "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set "
        "system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set "
        "system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == "
        "'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate "
        "user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system_message != "
        "false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + "
        "message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if "
        "message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif "
        "message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}"
        "{% endfor %}"),
    "tinyllama": (
        "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\\n' + "
        "message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\\n' + "
        "message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n{{ "
        "'<|assistant|>\\n'  + message['content'] + eos_token }}\n{% endif %}\n{% if loop.last and "
        "add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}"),
    "smollm2": (
        "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ "
        "'<|im_start|>system\\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
        "<|im_end|>\\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + "
        "'<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}"
        "{% endif %}"),
    "mistral-7b-v0.1": (
        "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % "
        "2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/"
        "...') }}{% endif %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + "
        "' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token + ' ' }}"
        "{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}"
        "{% endfor %}"),
    "qwen2": (
        "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ "
        "'<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{% endif %}{{'<|im_start|>' + "
        "message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if "
        "add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"),
    "gemma-3": (
        "{{ bos_token }}\n{%- if messages[0]['role'] == 'system' -%}\n    {%- if messages[0]['content'] is "
        "string -%}\n        {%- set first_user_prefix = messages[0]['content'] + '\n\n' -%}\n    {%- else "
        "-%}\n        {%- set first_user_prefix = messages[0]['content'][0]['text'] + '\n\n' -%}\n    {%- "
        "endif -%}\n    {%- set loop_messages = messages[1:] -%}\n{%- else -%}\n    {%- set "
        "first_user_prefix = \"\" -%}\n    {%- set loop_messages = messages -%}\n{%- endif -%}\n{%- for "
        "message in loop_messages -%}\n    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) "
        "-%}\n        {{ raise_exception(\"Conversation roles must alternate "
        "user/assistant/user/assistant/...\") }}\n    {%- endif -%}\n    {%- if (message['role'] == "
        "'assistant') -%}\n        {%- set role = \"model\" -%}\n    {%- else -%}\n        {%- set role = "
        "message['role'] -%}\n    {%- endif -%}\n    {{ '<start_of_turn>' + role + '\n' + (first_user_prefix "
        "if loop.first else \"\") }}\n    {%- if message['content'] is string -%}\n        {{ "
        "message['content'] | trim }}\n    {%- elif message['content'] is iterable -%}\n        {%- for item "
        "in message['content'] -%}\n            {%- if item['type'] == 'image' -%}\n                {{ "
        "'<start_of_image>' }}\n            {%- elif item['type'] == 'text' -%}\n                {{ "
        "item['text'] | trim }}\n            {%- endif -%}\n        {%- endfor -%}\n    {%- else -%}\n       "
        " {{ raise_exception(\"Invalid content type\") }}\n    {%- endif -%}\n    {{ '<end_of_turn>\n' "
        "}}\n{%- endfor -%}\n{%- if add_generation_prompt -%}\n    {{'<start_of_turn>model\n'}}\n{%- endif "
        "-%}\n"),
    "phi-3-mini": (
        "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'system') %}{{'<|system|>' + "
        "'\\n' + message['content'] + '<|end|>' + '\\n'}}{% elif (message['role'] == 'user') %}{{'<|user|>' "
        "+ '\\n' + message['content'] + '<|end|>' + '\\n' + '<|assistant|>' + '\\n'}}{% elif "
        "message['role'] == 'assistant' %}{{message['content'] + '<|end|>' + '\\n'}}{% endif %}{% endfor %}"),
    "phi-4": (
        "{% for message in messages %}{% if (message['role'] == 'system') %}{{'<|im_start|>system<|im_sep|>'"
        " + message['content'] + '<|im_end|>'}}{% elif (message['role'] == 'user') %}{{'<|im_start|>user"
        "<|im_sep|>' + message['content'] + '<|im_end|>'}}{% elif (message['role'] == 'assistant') %}"
        "{{'<|im_start|>assistant<|im_sep|>' + message['content'] + '<|im_end|>'}}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant<|im_sep|>' }}{% endif %}"),
    "llama-3": (
        "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = "
        "'<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + "
        "'<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ "
        "content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant"
        "<|end_header_id|>\n\n' }}{% endif %}"),
}

CONVERSATIONS = [
    [("user", "Hello")],
    [("system", "Be brief."), ("user", "  Where is the café?\n"), ("assistant", "There. "),
     ("user", "Thanks — 你好 👍🏽")],
    [("user", "a\r\nb"), ("assistant", "{{ 7 * 7 }} {% if %}"), ("user", "'quotes' \"and\" \\n")],
    [("user", "one"), ("assistant", "<think>\nhm\n</think>\n\nfirst"), ("user", "two"),
     ("assistant", "second")],
    [("system", ""), ("user", "")],
    [("assistant", "I begin."), ("user", "Why?")],
    [("user", "one"), ("user", "two")],
    [("system", "\u00a0spaces\u2003"), ("user", "\x1cx\x85"), ("assistant", "e\u0301")],
]

SNIPPETS = """
{{ 1 + 2 * 3 ** 2 }}|{{ 7 // 2 }}|{{ -7 // 2 }}|{{ 7 % 3 }}|{{ -7 % 3 }}|{{ 7 / 2 }}|{{ 2 ** -1 }}|{{ 2 ** 3 ** 2 }}
{{ 1.0 }} {{ 0.1 + 0.2 }} {{ 1e16 }} {{ 1e-5 }} {{ 100000000000000000.0 }} {{ -0.0 }} {{ 1_000 }} {{ 2.50 }}
{{ true }} {{ True }} {{ none }} {{ None }} {{ [1, 'a', "it's", 'q"', none, true, 1.5] }} {{ (1,) }} {{ (1, 2) }} {{ () }}
{{ {'a': 1, "b": [2, {'c': none}]} }}
{{ 'a' ~ 1 ~ none ~ true }} {{ 'ab' * 3 }} {{ [1] * 2 + [3] }} {{ 'a' + 'b' }}
{{ 'tab\\t nl\\n bs\\\\ q\\' \\x41 \\u00e9 \\U0001F600 \\z' }}
{{ ['tab\\t', 'nl\\n', 'é', '\\u200b', '\\x7f', '\\x00', '👍'] }}
{{ 'abc'[0] }}{{ 'abc'[-1] }}{{ 'abc'[1:] }}{{ 'abc'[::-1] }}{{ 'abc'[:-1] }}{{ 'abcdef'[1:5:2] }}{{ 'abc'[5:] }}{{ 'abc'[9] }}
{{ [1,2,3][1:] }}{{ [1,2,3][::-1] }}{{ [1,2,3][-2:] }}{{ [1,2,3][9] }}{{ (1,2,3)[:2] }}{{ [1,2,3,4][-1:0:-2] }}
{{ undefined_name }}|{{ undefined_name | default('x') }}|{{ undefined_name is defined }}|{{ none | default('x') }}|{{ '' | default('x', true) }}
{{ undefined_name.attribute }}
{{ undefined_name['item'] }}
{{ messages[0].nothing }}|{{ messages[0]['nothing'] is undefined }}|{{ messages[0].role }}|{{ messages[-1]['content'] }}
{{ undefined_name + 1 }}
{% for x in undefined_name %}{{ x }}{% else %}none{% endfor %}
{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' < 'b' }} {{ [1] < [2] }} {{ 'a' == "a" }} {{ none == false }}
{{ 1 < 'a' }}
{{ 'a' in 'abc' }} {{ 'x' not in 'abc' }} {{ 1 in [1,2] }} {{ 'role' in messages[0] }} {{ 3 not in (1,2) }}
{{ 1 in 'abc' }}
{{ not true or true and false }} {{ not (1 and 0) }} {{ 0 or 'x' }} {{ 1 and '' }}|{{ not 1 == 2 }}
{{ 'yes' if true else 'no' }} {{ 'yes' if false }}| {{ 1 if 0 else 2 if 0 else 3 }}
{% if '' %}a{% elif [] %}b{% elif {} %}c{% elif 0.0 %}d{% else %}e{% endif %}
{% for i in range(3) %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }} {% endfor %}
{% for i in range(10) if i % 2 == 0 %}{{ i }}:{{ loop.index }}/{{ loop.length }},{% endfor %}
{% for i in range(5) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}
{% for a, b in [(1, 2), (3, 4)] %}{{ a }}-{{ b }};{% endfor %}
{% for k, v in {'x': 1, 'y': 2}.items() %}{{ k }}={{ v }};{% endfor %}{% for k in {'x': 1} %}{{ k }}{% endfor %}
{% for i in [1,2,3] %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }} {% endfor %}
{% for i in [1,2] %}{% for j in [1,2] %}{{ loop.index }}{{ loop.depth }}{% endfor %}{% endfor %}
{% for c in 'aé👍' %}[{{ c }}]{% endfor %}
{% set x = 1 %}{% for i in [1,2] %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}
{% set ns = namespace(x=1, y='a') %}{% for i in [1,2] %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}{{ ns.y }}{{ ns.z }}
{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set c = (3, 4) %}{{ c }}{% set d = 1, %}{{ d }}
{% set x %}captured {{ 1 + 1 }}{% endset %}[{{ x }}]{{ x | length }}
{% if true %}{% set x = 'leaks' %}{% endif %}{{ x }}
{% macro m(a, b='d') %}<{{ a }}|{{ b }}>{% endmacro %}{{ m(1) }}{{ m(1, 2) }}{{ m(b=3, a=4) }}{{ m() }}
{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}
{% set g = 'global' %}{% macro m() %}{{ g }}{{ l }}{% endmacro %}{% for l in [1] %}{{ m() }}{% endfor %}
{{ m2(1) if false else 'not called' }}{% macro m2(a) %}{{ a }}{% endmacro %}
a  {{- 1 -}}  b  {{ 2 }}  c
a\\n  {%- if true -%}\\n  b\\n  {%- endif %}\\nc
a\\n   {% if true %}\\n  b\\n   {% endif %}\\nc
a\\n   {%+ if true %}\\n  b\\n   {% endif +%}\\nc
a\\n  {# comment #}\\nb {# c #} d{#- e -#}  f
   {% if true %}x{% endif %}
x {% if true %}\\n\\ny{% endif %}
{% if true %}\\n{% if true %}\\n  z\\n{% endif %}\\n{% endif %}\\n
{{ '  a b ' | trim }}|{{ 'xxaxx' | trim('x') }}|{{ '\\u00a0a\\x1c' | trim }}|{{ ' a '.strip() }}|{{ ' a '.lstrip() }}|{{ ' a '.rstrip() }}|{{ 'xyax'.strip('xy') }}
{{ 'aBc dEf' | upper }}{{ 'aBc dEf' | lower }}{{ 'aBc dEf' | title }}{{ 'aBc dEf' | capitalize }}{{ "it's a dog-day" | title }}{{ 'straße' | upper }}
{{ 'aBc dEf'.upper() }}{{ 'aBc dEf'.lower() }}{{ 'aBc dEf'.title() }}{{ 'aBc dEf'.capitalize() }}
{{ 'abc' | length }}{{ [1,2] | count }}{{ {'a': 1} | length }}{{ '👍é' | length }}
{{ [3,1,2] | first }}{{ [3,1,2] | last }}{{ [] | first }}{{ 'abc' | first }}{{ 'abc' | last }}
{{ [1,'a',none] | join(', ') }}{{ [1,2] | join }}{{ messages | join(',', attribute='role') }}
{{ 'aXbXc' | replace('X', '-') }}{{ 'aXbXc' | replace('X', '-', 1) }}{{ 'abc'.replace('b', '') }}{{ 'abc'.replace('', '-') }}
{{ '12' | int }}{{ 'x' | int }}{{ 'x' | int(5) }}{{ 3.9 | int }}{{ '3.9' | int }}{{ '1.5' | float }}{{ 'x' | float }}{{ true | int }}
{{ 1 | string + 'a' }}{{ 'abc' | list }}{{ {'a': 1} | items | list }}{{ {'b': 1, 'a': 2} | dictsort }}
{{ {'a': [1, 'é', none, true, 1.5], 'b': {}} | tojson }}|{{ {'a': [1, {'b': 2}], 'c': []} | tojson(indent=2) }}|{{ '</script>\\n"' | tojson }}
{{ messages | map(attribute='role') | list }}{{ ['a', 'B'] | map('upper') | list }}{{ [' a '] | map('trim') | join }}
{{ messages | selectattr('role', 'equalto', 'user') | list | length }}{{ messages | rejectattr('role', 'eq', 'user') | list | length }}
{{ [1,2,3,4] | select('odd') | list }}{{ [1,2,3] | reject('equalto', 2) | list }}{{ [0,1,''] | select | list }}
{{ [3,1,2] | sort }}{{ [3,1,2] | sort(reverse=true) }}{{ ['b','A','c'] | sort }}{{ [1,1,2] | unique | list }}{{ [1,2] | reverse | list }}{{ 'abc' | reverse }}
{{ 2.567 | round(2) }}{{ 2.5 | round }}{{ -3 | abs }}{{ [3,1] | min }}{{ [3,1] | max }}{{ [1,2,3] | sum }}{{ [1.5,2] | sum }}
{{ 'a\\nb\\n\\nc' | indent }}|{{ 'a\\nb' | indent(2, true) }}|{{ 'a\\nb' | indent('--') }}
{{ 1 is number }}{{ 'a' is string }}{{ none is none }}{{ {} is mapping }}{{ [] is iterable }}{{ [] is sequence }}{{ 'a' is iterable }}{{ 1 is iterable }}{{ true is boolean }}{{ 1 is boolean }}
{{ true is true }}{{ 1 is true }}{{ false is false }}{{ 1 is integer }}{{ true is integer }}{{ 1.0 is float }}{{ true is number }}{{ 3 is odd }}{{ 4 is even }}{{ 9 is divisibleby 3 }}
{{ 1 is eq 1 }}{{ 1 is ne(2) }}{{ 1 is lt 2 }}{{ 2 is ge 2 }}{{ 1 is in [1] }}{{ 'a' is lower }}{{ 'A' is upper }}{{ x is not defined }}{{ 1 is sameas 1 }}
{{ 'a,b,c'.split(',') }}{{ ' a  b '.split() }}{{ 'a,b,c'.split(',', 1) }}{{ 'a,b,c'.rsplit(',', 1) }}{{ 'a\\nb\\r\\nc\\n'.splitlines() }}{{ 'abc'.split('x') }}
{{ 'abc'.startswith('ab') }}{{ 'abc'.endswith(('x', 'c')) }}{{ 'abc'.find('c') }}{{ 'abc'.find('x') }}{{ 'abab'.count('ab') }}{{ '-'.join(['a', 'b']) }}{{ 'a'.isdigit() }}{{ '12'.isdigit() }}{{ ' '.isspace() }}
{{ {'a': 1}.get('a') }}{{ {'a': 1}.get('b') }}{{ {'a': 1}.get('b', 2) }}{{ {'a': 1}.keys() | list }}{{ {'a': 1}.values() | list }}{{ [1,2,1].count(1) }}{{ [1,2].index(2) }}
{{ range(3) | list }}{{ range(1, 4) | list }}{{ range(5, 0, -2) | list }}{{ dict(a=1, b=2) }}
{{ strftime_now('%d %b %Y') }}|{{ strftime_now('%Y-%m-%d %A %B') }}
{{ raise_exception('no') }}
{{ (1, 2)|first }}{{ -1|abs }}{{ 'a'|upper ~ 'b'|upper }}{{ 1 + 2|string|length }}
{{ "a" "b" 'c' }}{{ [1, 2,] }}{{ {'a': 1,} }}{{ ( 1 ) }}{{ [[1, 2], [3]][0][1] }}{{ {'a': {'b': 1}}.a.b }}{{ {'a': 1}['a'] }}{{ [10, 20].1 }}
{{ 1 // 0 }}
{{ [] + 'a' }}
{% generation %}text{% endgeneration %}
{% set x = {'a': 1} %}{{ x.a }}{{ x['b'] }}{{ x.items() | list }}
{{ tools is none }}{{ tools is defined }}{{ documents }}{{ unk_token is defined }}{{ add_generation_prompt }}{{ bos_token }}{{ eos_token }}
{%- for message in messages %}{{- '<' + message.role + '>' -}}{% endfor -%}   end
{{ messages | length > 0 and messages[0].role == 'user' }}{{ messages[0]['content'] is string }}{{ loop is defined }}
{% for m in messages[1:] %}{{ m.role }}{% else %}only one{% endfor %}{{ messages[::-1][0].role }}
""".strip("\n").split("\n")


class Fixed(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 7, 26, 12, 0, 0)


def compiled(template):
    utils.datetime = Fixed
    return utils._compile_jinja_template(template)


def render(template, messages, prompt):
    try:
        return compiled(template).render(
            messages=messages, tools=None, documents=None, add_generation_prompt=prompt,
            bos_token="<s>", eos_token="</s>")
    except Exception as fault:  # the kinds are many; which one is not compared
        return None


def main():
    out, source = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    templates = {name: (source / f"{name}.jinja").read_text() for name in FROM_LLAMA_CPP}
    templates.update(OTHERS)
    conversations = [
        [dict(role=role, content=content) for role, content in conversation]
        for conversation in CONVERSATIONS
    ]
    rendered = {}
    for name, text in sorted(templates.items()):
        (out / f"{name}.jinja").write_text(text)
        rendered[name] = [
            [render(text, messages, prompt) for prompt in (False, True)] for messages in conversations
        ]
        assert any(pair[0] for pair in rendered[name]), name
    snippets = []
    for line in SNIPPETS:
        # In the list a line end is \n; inside strings of the templates an escape is \\.
        template = line.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
        snippets.append([template, render(template, conversations[1][1:2], True)])
    failed = [template for template, text in snippets if text is None]
    print(len(templates), "templates,", len(snippets), "snippets, of which fail", len(failed))
    for template in failed:
        print("  ", template.encode())
    compact = dict(ensure_ascii=False, separators=(",", ":"))
    with open(out / "expected.json", "w", encoding="utf-8") as file:
        file.write('{"conversations":' + json.dumps(conversations, **compact) + ',\n"templates":{\n')
        file.write(",\n".join(
            f"{json.dumps(name)}:{json.dumps(rows, **compact)}" for name, rows in rendered.items()))
        file.write('\n},\n"snippets":[\n')
        file.write(",\n".join(json.dumps(row, **compact) for row in snippets) + "\n]}\n")


if __name__ == "__main__":
    main()
