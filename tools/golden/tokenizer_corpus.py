"""The lines that the tokenizer tests encode: deterministic, multilingual, hostile in small.

Imported by tokenizer.py; not run by itself.
"""

import random

SENTENCES = """
The quick brown fox jumps over the lazy dog.|She said, "It's what we've always done; they'll see!"
Der Fluß schließt heute früher, größtenteils wegen Übergröße.|Straßenbahnhaltestellenübersichtsplan
L'été dernier, j'ai mangé une crème brûlée à Besançon.|Où êtes-vous allés hier après-midi ?
¿Dónde está la biblioteca? ¡Qué lástima, señor Núñez!|O coração não é tão simples quanto você acha.
Zażółć gęślą jaźń.|Příliš žluťoučký kůň úpěl ďábelské ódy.|Árvíztűrő tükörfúrógép.
Съешь же ещё этих мягких французских булок, да выпей чаю.|Їжак і ґава п'ють м'яку воду.
Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.|Ὦ ξεῖν’, ἀγγέλλειν Λακεδαιμονίοις ὅτι τῇδε κείμεθα.
זה כיף סתם לשמוע איך תנצח קרפד עץ טוב בגן.|שָׁלוֹם עֲלֵיכֶם
نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر.|السَّلَامُ عَلَيْكُمْ|چرا می‌خواهید بروید؟
ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण का सर्वनाश।|क्षत्रिय ज्ञान श्री
আমি বাংলায় গান গাই।|ਸਤਿ ਸ੍ਰੀ ਅਕਾਲ|நான் தமிழ் பேசுகிறேன்|తెలుగు లిపి|ಕನ್ನಡ ಭಾಷೆ|മലയാളം അക്ഷരമാല
เป็นมนุษย์สุดประเสริฐเลิศคุณค่า|ຂ້ອຍຮັກເຈົ້າ|ខ្ញុំស្រលាញ់អ្នក|မြန်မာဘာသာစကား
天地玄黄,宇宙洪荒。日月盈昃,辰宿列张。|今天天气很好,我们去公园吧!|漢字與繁體中文的測試
いろはにほへと ちりぬるを|私は昨日、東京タワーに行きました。|カタカナ と ｶﾀｶﾅ の 違い
키스의 고유조건은 입술끼리 만나야 하고|대한민국 만세|ᄒᆞᆫ글
Pijamalı hasta yağız şoföre çabucak güvendi. İstanbul ıIiİ|Tiếng Việt có nhiều dấu thanh.
ሰማይ አይታረስ ንጉሥ አይከሰስ።|ქართული ენა|Հայերեն լեզու|ᐃᓄᒃᑎᑐᑦ|ᎠᏂᏴᏫᏯ|ⵜⴰⵎⴰⵣⵉⵖⵜ|བོད་སྐད།|ދިވެހި
Ég get etið gler án þess að meiða mig.|Tha gaeilge álainn.|Gwnaeth ddŵr|ʻŌlelo Hawaiʻi
""".strip().replace("\n", "|").split("|")

CODE = [
    "def f(x: int) -> int:\n    return x ** 2 + 1\n",
    "for (int i = 0; i < n; ++i) { a[i] += b[i] * 0x1Fu; }\n",
    "fn main() {\n\tlet v: Vec<_> = (0..10).map(|x| x * x).collect();\n\tprintln!(\"{v:?}\");\n}",
    "let s = \"\\u{1F600}\"; guard let x else { return nil }  // Swift\n",
    "SELECT id, COUNT(*) FROM t WHERE name LIKE '%o''brien%' GROUP BY 1;\n",
    "<div class=\"a b\"><!-- note --><p>x &amp; y</p></div>\n",
    "{\"key\": [1, 2.5e-3, null, true], \"k\\\"2\": {}}\n",
    "#!/bin/sh\nset -eu\nfind . -name '*.o' | xargs rm -f && echo \"$?\" > /dev/null\n",
    "\\begin{equation} \\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt{\\pi}}{2} \\end{equation}\n",
    "main = do\n  xs <- getLine\n  print $ foldr (\\x acc -> x : acc) [] xs\n",
    "if __name__ == '__main__':\n        sys.exit(main())\n\n\n",
    "a&&b||!c ? d : e ?? f!.g?.h !== i <= j >>>= k;\r\n\r\n",
    "@property\n  def x(self): return self._x  # don't touch\n",
    "https://example.org/a/b?c=d&e=%20f#g user.name+tag@example.org",
    "\t\tint\tx;\t\t\t/* tabs */\n",
    "2024-02-30T25:61:00Z v1.2.3-rc.4+build.567 192.168.0.1 ::1 0b1010 1_000_000",
]

EMOJI = [
    "👩‍👩‍👧‍👦 family", "👍🏽👍🏿👍", "🏳️‍🌈🏴‍☠️", "🇫🇷🇩🇪🇯🇵", "❤️‍🔥 ☺️ ☺", "1️⃣2️⃣#️⃣", "🧑🏾‍🚀 to the 🌕!", "🤷🏻‍♀️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "😀😃😄😁😆",
]

SPACES = [
    " ", "  ", "   ", "\t", "\t\t", "\n", "\n\n", "\r\n", "\r\n\r\n", "\r", " \n", "\n ", " \t ", "\u00a0",
    "\u00a0\u00a0", "\u2003", "\u2003 ", "\u3000", "\u0085", "\u2028", "\u2029", "\u1680", "\u202f",
    "\u205f", "\u200b", "\u180e", "\ufeff", "\x0b", "\x0c", "\x1c", "\x1f", " \r\n \n  ", "\n\n\n   ",
    "        ",
]

NUMBERS = [
    "0", "7", "12", "123", "1234", "12345", "1234567", "3.14159", "1,000,000.00", "-273.15", "6.022e23", "٣٤٥٦", "१२३४",
    "๑๒๓", "２０２４", "½", "¼ cup", "⅔⅞", "x²+y³", "H₂O", "①②③", "ⅣⅫ", "〇一二三", "𝟘𝟙𝟚", "𒐀𒐁", "৳৫০০", "1st 2nd 3rd 4th", "༳", "㊿",
    "1a2b3c", "0x7fff", "Ⅷ5", "五3五", "²3", "٣3", "99% of 50°",
]

WORDS = ["I", "you", "he", "they", "Who", "DON", "don", "can", "IT", "it", "l", "O", "été", "мы", "x9", "9", ")", ""]
SUFFIXES = [
    "'s", "'S", "'t", "'T", "'re", "'RE", "'Re", "'rE", "'ve", "'VE", "'m", "'M", "'ll", "'LL", "'lL", "'d", "'D",
    "'\u017f", "\u2019s", "'x", "'sx", "'", "''s", "' s", "'r", "'v", "'l", "'lx", "'st", "'ll've", "'\u212a",
]

SPECIAL = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<mask>",
    "[SEP]", "[LEFT]", "[RIGHT]", "[BOTH]", "word", "café", "  two", "\n\n", "<|im_", "<|im_start", "|>",
    "<|endoftext|><|endoftext|>", "aa", "aaa",
]

COMBINING = [
    "e\u0301", "é", "a\u0308\u0323", "\u0301x", "n\u0303o", "Z\u0351\u036b\u0343a\u0349\u0320lgo", "\u1112\u1161\u11ab", "한",
    "\u212b \u00c5 A\u030a", "\u2126 \u03a9", "ﬁ ﬀ ﬃ", "ẞß", "ŉ", "ǆ ǅ Ǆ", "क\u093c \u0958", "\u0e33 \u0e4d\u0e32", "\ufb2a",
    "\u0345", "ʰʷ", "ªº", "ⓐⒶ", "𝒜𝓫𝔠", "𐐀𐐨", "𠀀𪛖", "ꙮ", "﷽",
]

ODD = [
    "\x00", "\x01\x02\x03", "\x1b[31mred\x1b[0m", "\x7f", "\x80\x9f", "\ufffd", "\ufffe\uffff", "\ue000\uf8ff", "\U000f0000",
    "\U0010ffff", "\u0378\u0379", "\U0001fbff", "\u00ad soft\u00adhyphen", "\u202eright\u202c", "\u2066x\u2069", "$€£¥₿",
    "±×÷≠≤≥∞∑∏", "←↑→↓⇒", "─│┌┐█▓", "…—–‘’“”«»", "\u061c؛،", "、。「」", "¡¿§¶†‡", "^~`|\\", "ÿĀāĠġĊĉ", "\ud7ff\uf900",
]

RUNS = ["a", " ", "\n", "é", "0", "-", "=", "漢", "😀", "\t", "ab", "\r\n", "'s", "٣", "e\u0301", " a", "<|im_start|>", "."]


def pieces():
    """Every snippet, for mixing."""
    contractions = [w + s for w in WORDS for s in SUFFIXES]
    return SENTENCES, CODE, EMOJI, SPACES, NUMBERS, contractions, SPECIAL, COMBINING, ODD


def lines():
    """Distinct lines in a fixed order."""
    chance = random.Random(20240607)
    groups = pieces()
    every = [""] + [snippet for group in groups for snippet in group]
    for run in RUNS:
        every += [run * count for count in (2, 3, 4, 7, 16, 33, 64, 127)]
    every += ["a" * 3000, " " * 3000 + "x", "=-" * 1500, "漢" * 1000, "1" * 2000, "\r\n" * 1000]
    every += [before + space + after for space in SPACES for before in ("", "a", "1", "!", "\n")
              for after in ("", "b", "2", "?", " ")]
    every += [before + token + after for token in SPECIAL for before in (" ", "x", "  \t", "é", "_", "5", ".")
              for after in (" ", "y", "\n ", "ü", "\u200d", "\u0301")]
    for _ in range(500):
        parts = []
        for _ in range(chance.randint(2, 6)):
            snippet = chance.choice(chance.choice(groups))
            start = chance.randrange(len(snippet) + 1) if len(snippet) > 12 else 0
            parts.append(snippet[start:start + chance.randint(3, 30)])
            parts.append(chance.choice(["", "", " ", " ", chance.choice(SPACES)]))
        every.append("".join(parts))
    for _ in range(150):  # single scalars from anywhere in Unicode, surrogates aside
        scalars = []
        for _ in range(chance.randint(1, 8)):
            top = chance.choice([0x80, 0x250, 0x3000, 0x10000, 0x20000, 0x110000])
            value = chance.randrange(top)
            scalars.append(chr(value) if not 0xD800 <= value < 0xE000 else "\u00b7")
        every.append("".join(scalars))
    return list(dict.fromkeys(every))
