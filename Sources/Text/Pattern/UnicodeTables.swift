// Written by tools/golden/pattern_tables.py from what Oniguruma's regular expressions match.

/// What Oniguruma knows of Unicode 16, packed: numbers are written to base 36.
enum UnicodeTables {
  /// The sets of scalars: after a name, the gap since the last range and the range's length less
  /// 1, again and again.
  static let sets = """
    :Lu 1t p 2t m 1 6 x 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 2 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 2 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 1 1 0 1 0 3 1 1 0 1 1 1 2
    2 3 1 1 1 2 3 1 1 1 1 0 1 0 1 1 1 0 2 0 1 1 1 2 1 0 1 1 3 0 7 0 2 0 2 0 2 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 2 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 2 0 2 0 1 2 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 7 1 1 1 2 0 1
    3 1 0 1 0 1 0 1 0 81 0 1 0 3 0 8 0 6 0 1 2 1 0 1 1 1 g 1 8 z 0 2 2 3 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 5 0 2 0 1 1 2 1e 1c 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 9 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 1 1 0 1 0 1 0 1 0 1 0 1 0 2 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 2 11 289 11 1 0 5 0 k2 2d 1oz 0 6 16
    2 2 8w 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 9 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 9 7 8 5 a 7 8 7 8 5 b 0 1 0 1 0 1 0 8 7 20 3 c 3 c 3 c 4 b 3 7a
    0 4 0 3 2 2 2 2 0 3 4 6 0 1 0 1 0 1 3 2 3 a 1 5 0 1p 0 22k 1b 1c 0 1 2 2 0 1 0 1 0 1 3 1 0 2 0
    8 2 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 8 0 1 0 4 0 nyl 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 j 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 3r 0 1 0 1 0 1
    0 1 0 1 0 1 0 3 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 a 0 1 0 1 1 1 0 1 0 1 0 1 0 4 0 1 0 2 0 1 0 3 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 4 1 4 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 3 1 0 1 1 3 0 5 0 1 0
    1 0 1 0 o 0 h7v p xx 13 3s z 4c a 1 e 1 6 1 1 1d6 1e 4d l 27u v gw0 v k2o p q p q p q 0 1 1 2
    0 2 1 2 3 1 7 q p q 1 1 3 2 7 1 6 r 1 1 3 1 4 1 0 3 6 r p q p q p q p q p q p u o x o x o x o
    x o x 0 3ed x :Ll 2p p 1m 0 15 n 1 7 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 1 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 1 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 2 0 1 0 1
    2 2 0 1 0 2 0 3 1 4 0 2 0 3 2 2 0 2 0 1 0 1 0 2 0 1 1 1 0 2 0 3 0 1 0 2 1 2 2 6 0 2 0 2 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 1 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 1 2 0 1 0 3 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 6 2 0 2 1 1 0 4 0 1 0 1 0 1 0 1 1w 1 q 5d 0 1 0 3 0 3 2 i 0 r y 1 1 3 2 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 4 1 0 2 0 2 1 1f 1b 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 9 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 2 0 1 0 1 0 1 0 1 0 1 0 1 1 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1c 14 287 16 2 2 l4 5 1oi 8
    1 0 39 17 1r c 1 x 2u 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 8 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 8 8 5 a 7 8 7 8 5 a 7 8 7 8 d 2 7 8 7 8 7 8 4 1 1
    6 0 3 2 1 1 8 3 2 1 8 7 a 2 1 1 7m 0 3 1 3 0 r 0 4 0 4 0 2 1 8 3 4 0 1h 0 23v 1b 1 0 3 1 1 0 1
    0 1 0 4 0 1 1 1 5 5 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 1 7 0 1 0 4 0 c 11 1 0 5 0 nwz 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 j 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0
    1 0 1 0 1 0 1 0 3r 0 1 0 1 0 1 0 1 0 1 0 1 2 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 7 1 0 1 0 2 0 1 0
    1 0 1 0 1 0 4 0 1 0 2 0 1 2 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 5 0 5 0 1 0 1 0 1 0 1 0 1
    0 1 0 1 0 4 0 1 0 2 0 3 0 1 0 1 0 1 0 1 0 1 0 q 0 3 0 mt 16 5 8 7 27 fnk 6 c 4 tl p y5 13 3s z
    4b a 1 e 1 6 1 1 1dv 1e 3h l 27u v gw0 v k2i p q 6 1 h q p q 3 1 0 1 6 1 a q p q p q p q p q p
    q p q p q p q r s o 1 5 q o 1 5 q o 1 5 q o 1 5 q o 1 5 1 0 1f8 9 1 j 6 5 1yv x :Lt cl 0 2 0 2
    0 12 0 5ud 7 8 7 8 7 c 0 f 0 1b 0 :Lm j4 h 4 b e 4 7 0 1 0 3p 0 5 0 da 0 6e 0 4k 1 7h 1 4 0 v
    0 9 0 3 0 4g 0 4n 0 yc 0 3j 0 fp 0 1cq 0 2z 0 gz 0 cw 5 4u 1q d 0 y 10 j5 0 d 0 g c 2cf 1 6p 0
    5b 0 d1 0 17 4 5 0 2p 1 2l 2 lxy 0 yq 5 7i 0 36 0 s 1 3d 8 28 0 n 0 2x 2 3 1 d1 0 m 0 3t 0 30
    0 l 1 2v 3 9 0 gli 0 19 1 1k0 5 1 15 1 8 13n 0 w 0 ij4 3 e4 2 14 1 fa c 1s 1 1 0 cng 3 1 6 1 1
    9ip 1p 5l 6 q5 0 v3 0 :Lo 4q 0 f 0 74 0 4 3 5s 0 mz q 4 3 19 v 1 9 z 1 1 2q 1 0 o 1 a 2 2 0 g
    0 1 t t 2g b 0 o w l l 16 o 7 a 5 n 1 5 h 14 1n 1h 3 0 i 0 7 9 g e 4 7 2 1 2 l 1 6 1 0 3 3 3 0
    g 0 d 1 1 2 e 1 a 0 8 5 4 1 2 l 1 6 1 1 1 1 1 1 v 3 1 0 j 2 g 8 1 2 1 l 1 6 1 1 1 4 3 0 i 0 f
    1 n 0 b 7 2 1 2 l 1 6 1 1 1 4 3 0 u 1 1 2 f 0 h 0 1 5 3 2 1 3 3 1 1 0 1 1 3 1 3 2 3 b m 0 1g 7
    1 2 1 m 1 f 3 0 q 2 2 0 2 1 u 0 4 7 1 2 1 m 1 9 1 4 3 0 v 1 1 1 f 1 h 8 1 2 1 14 2 0 g 0 5 2 8
    2 o 5 5 h 3 n 1 8 1 0 2 6 1m 1b 1 1 c 5 1n 1 1 0 1 4 1 n 1 0 1 9 1 1 9 0 2 4 n 3 w 0 1r 7 1 z
    r 4 37 16 k 0 g 5 4 3 3 0 3 1 7 2 4 c c 0 35 94 1 3 2 6 1 0 1 3 2 14 1 3 2 w 1 3 2 6 1 0 1 3 2
    e 1 1k 1 3 2 1u 11 f 35 h7 2 g 1 p 5 22 6 7 7 h d i e h e c 1 2 f 1f 14 0 1v y 1 1g 7 4 2 x 1
    0 5 1x a u 1d t 2 4 b 17 4 p 1i m 9 1g 4w 1a h 7 1i t d 1 a 17 q z 15 2 a t 35 3 1 5 1 1 3 0
    u2 3 2d3 1j o m 9 6 1 6 1 6 1 6 1 6 1 6 1 6 1 6 fb 0 1h 0 4 2d 8 0 1 2h 4 0 5 16 1 2l h v 1c f
    e8 533 1s g7o 1 vq 1v 13 8 7f 4 f a 1 1u 0 1d 1x 4p 0 2v 0 3 6 1 2 1 3 1 m t 1f e 1d 1q 5 3 0
    1 1 b r a m p s 7 1a 19 4 2 8 a 4 1 14 n 2 1 7 k f 1 5 3 0 3 1d 1 0 3 1 2 4 2 0 1 0 o 1 3 a 7
    0 e 5 2 5 2 5 9 6 1 6 41 y t 8mb c m 4 1c 6is a5 2 2x 1v 0 1 9 1 c 1 4 1 0 1 1 1 1 1 2z x a2 i
    1r 2 1h 14 b 38 4 1 3q 2x 9 1 18 2 u 3 5 2 5 2 5 2 2 z b 1 p 1 i 1 1 1 e 2 d y 3e at s 3 1c 1b
    v d j 1 7 6 11 a t 2 z 4 7 3k 25 2q 13 8 1f 2k 1f c 8m 9 l a 7 48 5 2 0 1 17 1 1 3 0 2 m a m 9
    u 1t i 1 1 a l a p 1y 1j 6 1 1s 0 f 3 1 2 1 s 16 s 3 s z 7 1 r r 1h a l a i d h 32 20 53 z 12
    3 1 0 8g 15 6 1 g 2 1n s a 0 8 l 16 h 1a k r m c 1g 1l 1 2 0 d 18 w o q z t 0 2 0 8 y 3 0 c 1b
    e 3 l 0 1 0 z h 1 o j 1 1r 6 1 0 1 3 1 e 1 9 7 1a 12 7 2 1 2 l 1 6 1 1 1 4 3 0 i 0 c 4 u 9 1 0
    2 0 1 11 1 0 p 0 1 0 18 1g i 3 k 2 u 1b k 1 1 0 54 1a 15 3 10 1b k 0 1n 16 d 0 1z q 11 6 55 17
    5v 7 2 0 2 7 1 1 1 n f 0 1 0 2m 7 2 12 g 0 1 0 s 0 a 13 7 0 l 0 b 19 j 0 i 20 5j w v 8 1 10 h
    0 1d t 34 6 1 1 1 11 l 0 p 5 1 1 1 v e 0 93 i f 0 1 c 1 x 3g 0 27 pl 6e 5f 218 2o f tr h 5 p
    32y 5 g6 5a1 t 1cy fs 7 u h 26 h t i 1b 1f k 5 i c3 13 b9 22 5 0 4v 4qf 8 yd 15 9 6wn 82 f 0 t
    2 2 0 e 3 8 az 1s4 2y 5 c 3 8 7 9 6sw 0 dx 18 x 0 8x t i 17 dg q 6d t 2 0 dr 6 1 3 1 1 1 e 1
    5g 117 3 1 q 1 1 1 0 2 0 1 9 1 3 1 0 1 0 6 0 4 0 1 0 1 0 1 2 1 1 1 0 2 0 1 0 1 0 1 0 1 0 1 1 1
    0 2 3 1 6 1 3 1 3 1 0 1 9 1 g 5 2 1 4 1 g 3es wyn w 37d 6 65 2 4g1 e 5rk f h9 1wi f1 15u 3t6 5
    38f :Mn lc 33 7n 4 7d 18 1 0 1 1 1 1 1 0 20 a 1c k g 0 2t 6 2 5 2 1 1 3 z 0 u q 2j a 1m 8 9 0
    o 3 1 8 1 2 1 4 17 2 1n 8 16 n 1 v 1j 0 1 0 4 7 4 0 3 6 a 1 t 0 1m 0 4 3 8 0 k 1 q 0 2 1 1l 0
    4 1 4 1 2 2 3 0 u 1 3 0 b 1 1l 0 4 4 1 1 4 0 k 1 m 5 1 0 1m 0 2 0 1 3 8 0 7 1 b 1 u 0 1p 0 c 0
    1e 0 3 0 1j 0 1 2 5 2 1 3 7 1 b 1 t 0 1m 0 2 0 6 0 5 1 k 1 s 1 1l 1 4 3 8 0 k 1 t 0 20 0 7 2 1
    0 2i 0 2 6 c 7 2q 0 2 8 b 6 21 1 r 0 1 0 1 0 1j d 1 4 1 1 5 a 1 z 9 0 2u 3 1 5 1 1 2 1 p 1 4 2
    g 3 d 0 2 1 6 0 f 0 jj 2 qa 2 t 1 u 1 u 1 1s 1 1 6 8 0 2 a 9 0 19 2 1 0 39 1 y 0 3a 2 4 1 9 0
    6 2 63 1 2 0 1m 0 1 6 1 0 1 0 2 7 6 9 2 0 1c d 1 f 1d 3 1c 0 1 4 1 0 5 0 14 8 c 1 w 3 2 1 1 2
    1k 0 1 1 3 0 1 2 1m 7 2 1 48 2 1 c 1 6 4 0 6 0 3 1 5i 1r k0 c 4 0 3 b 2da 2 3x 0 2o v fe 3 2z
    1 n9w 0 4 9 w 1 28 1 7k 0 3 0 4 0 p 1 5 0 47 1 q h d 0 12 7 p a 1a 2 1c 0 2 3 2 1 13 0 1v 5 2
    1 2 1 c 0 8 0 1b 0 1f 0 1 2 2 1 5 1 1 0 16 1 8 0 6m 0 2 0 4 0 fn4 0 kh f g f r1 0 6a 0 45 4
    1ae 2 1 1 5 3 14 2 4 0 4l 1 fx 3 1t 4 8t 1 27 3 1y a 1d 3 3f 0 1i e 15 0 2 1 a 2 1d 3 2 1 7 0
    1p 2 10 4 1 7 1q 0 c 1 1g 8 a 3 2 0 2n 2 2 0 1 1 6 0 2 0 4d 0 3 7 l 1 1l 1 3 0 11 6 3 4 1y 5 d
    0 1 0 1 0 e 1 2d 7 2 2 1 0 n 0 2c 5 1 0 4 1 1 1 6m 3 6 1 1 1 r 1 2d 7 2 0 1 1 2y 0 1 0 2 5 1 0
    2t 0 1 0 2 3 1 4 77 8 1 1 74 1 1 0 4 0 40 3 2 1 4 0 w 9 14 5 2 3 8 0 9 5 2 2 1a c 1 1 ba 6 1 5
    1 0 2a l 2 6 1 1 1 1 3e 5 3 0 1 1 1 6 1 0 20 1 3 0 1 0 9n 1 b 1 1g 4 5 0 1 0 n 0 44l 0 6 e 8ug
    b 3 2 1xc 4 1n 6 t4 0 1r 3 29 0 f5k 1 3mp 19 2 m f4 2 h 7 2 6 u 3 44 2 1iz 1i 4 1d 8 0 e 0 m 4
    1 e 11s 6 1 g 2 6 1 1 1 4 2s 0 4g 6 af 0 1p 3 e4 3 72 1 kg 6 31 6 gzhx 6n :Mc 1s3 0 1j 0 2 2 8
    3 1 1 1e 1 1m 2 6 1 2 1 a 0 17 0 1m 2 1u 0 1m 2 8 0 1 1 1h 1 1m 0 1 0 6 1 2 1 a 0 2u 1 1 1 3 2
    1 2 a 0 15 2 1p 3 1p 1 1m 0 1 4 2 1 1 1 9 1 s 0 e 1 1m 2 5 2 1 2 a 0 16 1 23 2 6 7 i 1 96 1 1r
    0 4r 1 4 0 6 0 2 1 p 1 a 2 2 6 l 1 2 5 2 0 a 2 1a0 0 u 0 3l 0 7 7 1 1 9m 3 2 2 4 1 1 5 68 1 1m
    0 1 0 9 0 1 1 8 5 41 0 1c 0 5 0 1 4 1 1 1p 0 u 0 4 1 2 0 1o 0 2 2 1 0 3 1 1c 7 8 1 4r 0 l 0
    3sm 1 noz 1 2 0 2g 1 1e f 3y 1 1b 0 1c 1 4 1 2 2 32 1 2 1 o 0 19 0 1 0 31 0 2 1 5 0 6l 1 1 1 1
    1 1 0 jrn 0 1 0 3j 0 19 2 4 1 37 0 o 1 1n 0 1c 2 9 1 d 0 2l 2 3 1 1 0 4q 2 v 1 1m 1 1 3 2 1 2
    2 9 0 a 1 2c 2 7 0 2 0 1 3 1 1 1 0 2t 2 8 1 3 0 2y 2 6 0 1 3 2 0 6l 2 6 3 2 0 35 2 8 1 1 0 31
    0 1 1 6 0 2v 0 1 1 4 0 79 2 9 0 6v 5 1 1 4 0 2 0 1 0 3y 2 8 3 4 0 2c 0 t 1 1q 0 bb 0 e 0 2y 0
    7 0 2 0 5x 4 4 1 1 0 9q 1 c 0 1c 1 8 1 1 0 d0o 2 2sk 1i 2w 1 j8z 1 6 5 :Me w8 1 4dw 0 17i 3 1
    2 qdn 2 :Nd 1c 9 17q 9 3q 9 5i 9 bg 9 3a 9 3a 9 3a 9 3a 9 3a 9 3a 9 3a 9 3a 9 3a 9 2o 9 3a 9
    1y 9 7q 9 1y 9 1fq 9 12 9 8c 9 3k 9 4m 9 6 9 52 9 2e 9 3q 9 6 9 r7q 9 iu 9 12 9 5i 9 m 9 2e 9
    ba 9 geu 9 13a 9 1om 9 6 9 m4 9 3k 9 1o 9 40 9 7q 9 9i 9 3a 9 ae 9 2u 9 6 j 24 9 bq 9 2u 9 ie
    9 2e 9 6u 9 1y 9 bq 9 d06 9 1t2 9 2e 9 3q 9 eu 9 iuu 9 250 1d 1ts 9 bq 9 dy 9 6v 9 np 9 3o6 9
    :Nl 4j2 2 227 y 2 3 2v2 0 p 8 e 2 nfv 9 hu8 1g cs 0 8 0 3q 4 6cq 32 :No 4y 1 5 0 2 2 1th 5 ag
    5 3c 2 3p 6 61 6 h 8 c1 9 tx j vn 9 dc 0 1at 0 3 5 6 9 5i f 15 0 k6 1n 26 l hi t 12h 0 wk 3 3u
    9 u 7 1 e w 9 13 e n74 5 hjl 18 1t 3 h 1 9h q 10 3 110 7 p 6 13 8 23 4 m 5 4g 1 2 f 2 19 1s 8
    1g 1 u 2 23 4 2w 7 o 7 15 6 96 5 9s u 4e 9 16 3 34 6 3q j aj j 11h 1 by 8 o7 i nn k ex2 6 m6 m
    js9 j c j 30 o 47i 8 pt 1m 1 2 1 3 24 18 1 e qq c :Pc 2n 0 6an 1 j 0 17tq 1 o 2 6n 0 :Pd 19 0
    124 0 1f 0 2td 0 sl 0 1l5 5 2rl 0 2 0 v 1 4 0 s 0 ce 0 j 0 33 0 14ls 1 11 0 a 0 4p 0 2u8 0 8u
    0 :Ps 14 0 1e 0 v 0 2wu 0 1 0 1ge 0 1vi 0 3 0 12 0 1j 0 f 0 hm 0 1 0 u 0 u6 0 1 0 1 0 1 0 1 0
    1 0 1 0 28 0 w 0 1 0 1 0 1 0 1 0 b8 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1s 0 1 0 x 0 th
    0 1 0 1 0 1 0 p 0 i 0 1 0 1 0 1 0 bw 0 1 0 1 0 1 0 1 0 3 0 1 0 1 0 1 0 2 0 14ip 0 5z 0 t 0 1 0
    1 0 1 0 1 0 1 0 1 0 1 0 3 0 h 0 1 0 1 0 4q 0 1e 0 v 0 3 0 2 0 :Pe 15 0 1f 0 v 0 2wt 0 1 0 1ge
    0 1wp 0 1j 0 f 0 hm 0 1 0 u 0 u6 0 1 0 1 0 1 0 1 0 1 0 1 0 28 0 w 0 1 0 1 0 1 0 1 0 b8 0 1 0 1
    0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1s 0 1 0 x 0 th 0 1 0 1 0 1 0 18 0 1 0 1 0 1 0 bw 0 1 0 1 0
    1 0 1 0 3 0 1 0 1 0 1 0 2 1 14im 0 61 0 t 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 3 0 h 0 1 0 1 0 4q 0
    1f 0 v 0 2 0 2 0 :Pi 4r 0 67g 0 2 1 2 0 p 0 2q0 0 1 0 4 0 2 0 f 0 3 0 :Pf 57 0 671 0 3 0 s 0
    2q0 0 1 0 4 0 2 0 f 0 3 0 :Po x 2 1 2 2 0 1 0 1 1 a 1 3 1 r 0 1w 0 5 0 e 1 7 0 ji 0 8 0 cy 5
    15 0 1i 0 2 0 2 0 18 1 k 1 1 1 d 0 1 2 22 3 2u 0 17 d 6h 2 1i e v 0 79 1 a 0 3w 0 3c 0 3d 0 au
    0 c 0 a7 0 2i 0 a 1 4o e 1 0 34 0 22 4 4 1 33 5 4r 0 h0 8 lh 0 3g 2 1z 1 4d 2 1 2 11 5 1 3 8p
    1 60 1 3k 6 1 5 4g 1 a 6 s 2 3g 3 1n 4 1q 1 1s 7 b 0 n6 1 8 7 8 8 2 3 2 2 3 a 1 0 1 9 2hm 3 1
    1 34 0 3z 1 4 2 2 0 2 8 1 1 1 0 2 1 a 4 1 9 2 3 1 0 1 c 2 2 bw 2 1l 0 59 0 mwy 1 7h 2 2r 0 a 0
    37 5 ak 3 2e 1 14 2 1 0 1d 1 1b 0 2p c g 1 3g 3 3i 1 g 1 6x 0 g84 6 2 0 m 0 k 1 2 3 3 2 1 3 7
    2 6 0 1 1 45 2 1 2 2 0 1 0 1 1 a 1 3 1 r 0 10 0 2 1 be 2 ik 0 1c 0 bi 0 kn 0 5j 0 v 0 7k 8 12
    0 34 6 1u 6 2h 3 qg 4 18 3 59 6 31 1 1 3 3i 3 1c 1 27 3 4 0 d 0 1 2 2g 5 2z 0 8a 1 1 1 36 4 a
    1 1 0 2w 0 6y m 2x 2 s c 24 0 3m 2 70 0 7c 2 4b 0 2k 7 2b 2 1 4 2l 9 5z 0 2n 4 16 1 hx 1 22 c
    4v 0 vk 4 29o 1 bjv 1 3p 0 1t 4 8 0 fc 2 87 3 93 0 f5o 0 5wn 4 29f 0 ny 1 :Sm 17 0 g 2 1p 0 1
    0 19 0 4 0 11 0 v 0 la 0 en 2 56j 0 d 0 13 2 d 2 3v 0 13 4 6 0 1w 4 5 1 4 0 2 0 2 0 7 0 v 1 2
    0 1 0 v 7f w 1 2i 0 u o 14 5 d1 0 9 0 1i 7 33 0 9c 4 2 u a f 74 3m m 1q 4 v 2 75 1c k 2 5 1524
    0 mw 0 1 2 4k 0 g 2 1p 0 1 0 3n 0 6 3 2ox 1 13qp 0 p 0 v 0 p 0 v 0 p 0 v 0 p 0 v 0 p 0 4ks 1
    :Sc 10 0 3h 3 yx 0 3f 0 du 1 du 1 7 0 6t 0 7b 0 g5 0 1wb 0 1qc w qrb 0 gxv 0 30 0 4a 0 63 1 3
    1 6ba 3 12ji 0 1ww 0 :Sk 2m 0 1 0 1z 0 6 0 4 0 3 0 eh 3 c d 5 6 1 0 1 g 39 0 e 1 zm 0 4l0 0 1
    2 b 2 d 2 d 2 d 1 3a4 1 ndv m 9 1 2v 1 r4 0 e 1 fuu g or 0 1 0 4i 0 1c7r 4 :So 4m 0 2 0 4 0 1
    0 r5 0 7e 1 3j 1 5q 0 a 0 j 1 6v 0 eb 0 ad 0 3m 5 1 0 3o 0 5r 0 15 0 av 2 f 0 1 2 2 5 k 0 1 0
    1 0 3p 7 1 5 1 1 5 3 5h 1 kw 9 k3 0 k2 0 4d x 9t 9 9 8 137 1 1 3 1 1 a 0 1 1 6 5 1 0 1 0 1 0 4
    0 b 1 e 0 1 1 1 0 1m 1 9 4 2 3 1 1 1 1 1 6 1 u 2 1 1 0 1 u 7g 7 4 j 2 6 2 28 1 t p 13 6 1z m a
    29 25 m 52 1 8 1 1h 8 32 1 6v 18 17 1s 73 e8 1b l 1 6 12 2 v 1 2w 6d 5 9x 1 1a p 1 2g c 5x q f
    4 0 d 1 c 0 l 1 6 1 9c 1 4 9 w 11 9 0 g u b t 8 0 f v a 12 f 8v 534 1r h3k 1i o1 3 a 1 1 0 fx
    2 gcm f 3j 0 19 2 dg 0 3 0 4 1 d 1 8p 8 1l g 2 2 1 c 3 0 1b 18 1a2 1 gf 0 2gm 0 1p1 7 4 g eve
    3 5 0 g2e 0 31f 6n g c3 4c 37 1o 6t a 12 2 1n 5 2 m 1 7 t 4 1o l 1t 3 0 56 2e x5 e7 1j 3 1e 7
    1 d 1 1 1c8 0 28s 0 3l 0 k1 17 4 2r c e 2 e 1 e 1 10 n 4g 1k s d 17 4 8 7 1 e 5 4a 6y 5 k7 4 g
    3 c 3 3a 4 2m 6 b 4 0 f b 4 1j 8 9 6 13 8 t 2 b 4 1 1q 9f c d 2 c 3 9 5 1j 7 e 2 a 6 8 7 42 1
    2j :Zs w 0 3j 0 4bj 0 1vj a 10 0 1b 0 334 0 :Zl 6co 0 :Zp 6cp 0 :Cc 0 v 2n w :Cf 4t 0 11u 5 m
    0 5c 0 1d 0 ao 1 28 0 2zv 0 1ks 4 q 4 1d 4 1 9 17yn 0 6x 2 3b5 0 f 0 6zm f qxs 3 43z 7 h406 0
    u 2n :Co 188w 4xr jpc0 1ekd 2 1ekd :arabic 16o 4 1 5 1 d 1 2 1 v 1 9 b p 1 2z 1 x 28 1b 6o u 1
    1 5 22 1 s 1bv4 36 g a2 2 27 2 1h 7 0 w f 34 4 1 3q 31f u 1v 2 1j 3 181s 3 1 q 1 1 1 0 2 0 1 9
    1 3 1 0 1 0 6 0 4 0 1 0 1 0 1 2 1 1 1 0 2 0 1 0 1 0 1 0 1 0 1 1 1 0 2 3 1 6 1 3 1 3 1 0 1 9 1
    g 5 2 1 4 1 g 1g 1 :armenian 10x 11 2 1d 2 2 1chv 4 :balinese 5c0 24 1 1d :bengali 1vk 3 1 7 2
    1 2 l 1 6 1 0 3 3 2 8 2 1 2 3 8 0 4 1 1 4 2 o :bopomofo kq 1 93t 16 34 v :braille 7wg 73
    :canadianaboriginal 3y8 hr fk 1x 1ewq f :cherokee 3vk 2d 2 5 twy 27 :common 0 1s q 5 q 1a 1 e
    1 4 n 0 v 0 ch 12 5 4 2 j 38 0 9 0 6 0 1 0 hp 0 6 0 e 0 3 0 w 0 4c 0 ec 0 3l 1 yh 0 b9 3 82 0
    167 2 1z 1 5n 1 1 0 y5 0 d 0 7 3 1 5 1 2 2 0 lh b 2 2e 1 a 3 a 1 e h w 1r 11 1 2 2 5 1 q 1 g
    15 2 4 ih m a l pr 74 hf 2 v 1 2w e8 2l b6 k 1 0 1 o f 7 4 3 2j 1 3 0 2i 1 43 f w 11 9 0 1c 1r
    v 28 1b 0 2g 4n 534 1r hkw x 2u 2 4l 9 6s 0 4g 0 az 0 e 1 g5u 1 5s 9 m y 1 i 1 3 43 0 1 v q 5
    q a a 0 19 1 1s 6 1 6 a 4 76 2 4 18 3 8 28 c 1f 18 6c q 10o4 3 318 6x 6 c3 4c 37 1o 6t a 12 2
    1p 3 g 8 1 7 t 4 1o 5x j c j c 2e 9 o 3r 2c 1 1y 1 1 2 0 2 1 2 3 1 b 1 0 1 6 1 1s 1 3 2 7 1 6
    1 r 1 3 1 4 1 0 3 6 1 9f 2 83 2 1d 41d 1v 24 1o jm 17 4 2r c e 2 e 1 e 1 10 a 4t 1k p 1 1 d 17
    4 8 7 1 e 5 4a rb 4 g 3 c 3 3a 4 2m 6 b 4 0 f b 4 1j 8 9 6 13 8 t 2 b 4 1 1q 9f c d 2 c 3 9 5
    1j 7 e 2 a 6 8 7 42 1 2t gvlz 0 u 2n :coptic rm d 80g 37 5 6 :cyrillic sg 3o 2 4o 4ls a 4g 0
    24 0 38n v nr4 2n ham 1 18n4 1p x 0 :devanagari 1s0 28 4 e 2 p vhc v mio 9 :ethiopic 3k0 20 1
    3 2 6 1 0 1 3 2 14 1 3 2 w 1 3 2 6 1 0 1 3 2 e 1 1k 1 3 2 1u 2 v 3 p 546 m 9 6 1 6 1 6 1 6 1 6
    1 6 1 6 1 6 opu 5 2 5 2 5 9 6 1 6 1qk1 6 1 3 1 1 1 e :georgian 3a8 11 1 0 5 0 2 16 1 3 2a8 16
    2 2 37k 11 1 0 5 0 :greek og 3 1 2 2 3 1 0 4 0 1 0 1 2 1 0 1 j 1 1q e f 4yu 4 1e 4 4 4 2c 0 8w
    l 2 5 2 11 2 5 2 7 1 0 1 0 1 0 1 u 2 1g 1 e 1 d 2 5 1 i 2 2 1 8 87 0 rb2 0 gyi 26 h 0 155r 1x
    :gujarati 22p 2 1 8 1 2 1 l 1 6 1 1 1 4 2 9 1 2 1 2 2 0 f 3 2 b 7 6 :gurmukhi 1z5 2 1 5 4 1 2
    l 1 6 1 1 1 1 1 1 2 0 1 4 4 1 2 2 3 0 7 3 1 0 7 g :han 96o p 1 2g c 5x 1b 0 1 0 p 8 e 3 qs 533
    1s g73 hkw a5 2 2x n48 1 c 1 sge wyn w 37d 6 65 2 4g1 e 5rk f h9 1wi f1 15u 3t6 5 38f :hangul
    3cw 73 5ym 1 75 2l 35 u 1t u nhd s hv 8mb c m 4 1c 7tw u 3 5 2 5 2 5 2 2 :hebrew 13l 1i 8 q 4
    5 1cfc p 1 4 1 0 1 1 1 1 1 9 :hiragana 9j5 2d 6 2 23q9 7y i 0 t 2 crx 0 :inherited lc 33 7p 1
    ck a q 0 kg 3 3ff u e9 2 1 c 1 6 4 0 6 0 3 1 5i 1r ek 1 5e w 309 3 2z 1 14kl f g d r3 0 6a 0
    38a 0 1138 19 2 m f4 2 h 7 2 6 u 3 h45u 6n :javanese xhc 25 2 9 4 1 :kannada 2gw c 1 2 1 m 1 9
    1 4 2 8 1 2 1 3 7 1 6 1 1 3 2 9 1 2 :katakana 9lt 2h 2 2 6o f 5s 1a 1 2f 14b2 9 1 18 ytu 3 1 6
    1 1 1 0 7z 2 1e 0 e 3 :khmer 4n4 2l 2 9 6 9 di v :lao 2v5 1 1 0 1 4 1 n 1 0 1 m 2 4 1 0 1 6 1
    9 2 3 :latin 1t p 6 p 1b 0 f 0 5 m 1 u 1 cg 13 4 55n 11 6 1c 5 3 5 c 1 1x 1t 73 a9 0 d 0 g c
    3x 1 6 0 r 0 h 14 253 v o82 2t 3 1u 2 1 1 0 1 7 l d mo 16 1 8 1 3 fpy 6 t6 p 6 p 1lx 5 1 15 1
    8 16it u 6 5 :malayalam 2kg c 1 2 1 1e 1 2 1 5 4 f 2 p :mongolian 4qo 1 2 0 1 j 6 2g 7 16 1e45
    c :myanmar 35s 4f u9s u 2p v le8 j :nko 1j4 1m 2 2 :olchiki 5lc 1b :oriya 269 2 1 7 2 1 2 l 1
    6 1 1 1 4 2 8 2 1 2 2 7 2 4 1 1 4 2 h :runic 4gw 22 3 a :sinhala 2o1 2 1 h 3 n 1 8 1 0 2 6 3 0
    4 5 1 0 1 7 6 9 2 2 1fcc j :syriac 1ds d 1 1n 2 2 7k a :tamil 29u 1 1 5 3 2 1 3 3 1 1 0 1 1 3
    1 3 2 3 b 4 4 3 2 1 3 2 0 6 0 e k 1ih1 1d d 0 :telugu 2dc c 1 2 1 m 1 f 2 8 1 2 1 3 7 1 1 2 2
    0 2 3 2 9 7 8 :thaana 1hc 1d :thai 2rl 1l 5 r :tibetan 2yo 1z 1 z 4 12 1 z 1 e 1 6 4 1
    :tifinagh 8xc 1j 7 1 e 0 :yi vls wc 3 1i :emoji z 0 6 0 5 9 33 0 4 0 68d 0 c 0 60 0 m 0 2i 5 f
    1 a7 1 c 0 4m 0 p a 4 2 5j 0 6f 1 a 0 9 0 1m 3 1 4 9 0 2 0 2 1 2 0 4 0 2 0 1 1 2 0 3 0 3 1 8 2
    5 0 1 0 5 b b 1 2 0 1 1 1 0 i 0 2 1 i 5 1 0 1 1 3 1 5 0 2 1 4 1 b 1 5 1 2 0 5 1 1 0 1 1 k 1 5
    5 1 3 2 0 4 0 2 0 2 5 1 0 2 0 1 0 1 0 6 0 3 0 6 0 a 1 f 0 2 0 4 0 1 0 4 2 1 0 b 1 1c 2 9 0 e 0
    e 0 ac 1 cv 2 j 1 1f 0 4 0 yi 0 c 0 gp 0 1 0 2fze 0 5m 0 4g 1 c 1 e 0 2 9 23 p 1 1 n 0 k 0 2 8
    l 1 4u x 2 33 2 1 1 2 2 2a 2 2 1 7a 1 1q b 5 1 n 7 1 2 7 c 0 2 3 2 0 4 1 d 1 2 0 8 1 9 0 5 2 c
    2 8 2 2 0 1 0 4 0 6 0 3 0 6 2d 1c 1x 5 7 2 2 4 9 3 0 1 1 3 0 2 9 6b b 4 0 7v 1a 1 9 1 54 34 c
    3 9 5 1j 7 e 2 a 6 8 :emojipresentation 6xm 1 5p 3 3 0 2 0 eh 1 l 1 1e b 17 0 j 0 d 0 8 1 h 1
    5 1 8 0 5 0 l 0 7 1 1 0 4 0 2 0 7 0 4 1 s 0 z 0 1 0 4 2 1 0 1p 2 o 0 e 0 nv 1 1f 0 4 0 2hf2 0
    5m 0 5a 0 2 9 23 p 1 0 o 0 k 0 2 4 1 2 l 1 4u w c 8 1 1x 1 l c 16 4 4 c g 3 0 3 1y 1 0 1 56 2
    1q d 3 1 n i 0 q 1 d 0 2e 2c 1c 1x 6 0 3 2 2 2 4 3 b 1 7 8 6b b 4 0 7v 1a 1 9 1 54 34 c 3 9 5
    1j 7 e 2 a 6 8 :extendedpictographic 4p 0 4 0 68d 0 c 0 60 0 m 0 2i 5 f 1 a7 1 c 0 2n 0 1y 0 p
    a 4 2 5j 0 6f 1 a 0 9 0 1m 3 1 5 1 b 1 35 a 39 2 a 1 0 1 0 6 0 3 0 6 0 a 1 f 0 2 0 4 0 1 0 4 2
    1 0 b 4 19 2 9 0 e 0 e 0 ac 1 cv 2 j 1 1f 0 4 0 yi 0 c 0 gp 0 1 0 2fza 73 d 2 v 0 1o 5 c 1 e 0
    2 9 i 1k r e a 0 k 0 2 8 1 3 9 c1 5 8t 8 7d 1c 3j 38 b 2d 16 c 3 1k 7 a 5 14 7 u 29 c 1a 1 9 1
    c8 74 sd :alpha+ n9 0 t c g0 d 1 0 1 1 1 1 1 0 20 a 1c c 1 6 g 0 2t 6 4 3 2 1 4 0 z 0 u f 2u a
    2t 1 3 8 1 2 1 3 2y 0 1o b 3 6 6 j 1i 1 2 e 1 1 5 2 a 1 t 2 1m 6 2 1 2 1 a 0 a 1 t 2 1m 4 4 1
    2 1 4 0 u 1 3 0 b 2 1m 7 1 2 1 1 l 1 m 2 4 2 1m 6 2 1 2 1 9 1 a 1 u 0 1n 4 3 2 1 2 a 0 14 4 1l
    6 1 2 1 2 8 1 b 1 t 2 1m 6 1 2 1 2 8 1 b 1 f 0 c 3 1m 6 1 2 1 2 a 0 a 1 t 2 23 5 1 0 1 7 i 1
    1p 0 2 6 i 0 2r 0 2 5 1 1 g 0 4j i 9 a 1 z 32 b 1 0 2 3 n 3 4 2 1 2 2 6 3 3 d b 1 0 a 3 19w 1
    u 1 u 1 u 1 1u i 58 1 y 0 3a b 4 8 66 4 1l 9 2 j 22 1 b 2 1d 4 1c e 1o 2 u 8 2 1 1l a 1e i bg
    x 1c1 1f 1rq v nsk 7 y 1 9u 0 8 0 n 4 2g 1 1e f 1 0 1l 0 12 4 s b 19 3 1c b 11 0 1v d c 0 8 1
    19 2 1e 0 1 2 2 1 5 0 18 4 5 0 6l 7 fn7 0 1nb 4 1ae 2 1 1 5 3 lw 3 1t 0 8x 1 27 0 77 2 1h d 19
    1 b 2 19 8 9 0 1p 2 10 b i 1 1l 2 1c c e 1 2k 8 2 0 6 0 2 0 4d 9 n 3 1m 6 2 1 2 1 a 0 a 1 2c 8
    1 0 2 0 1 3 1 1 2v c 1 2 2y h 6l 6 2 6 t 1 2a e 1 0 2y a 2v d 75 c 6v 5 1 1 2 1 3 0 1 0 3y 6 2
    5 4 0 s 9 16 4 1 3 i a 1a d bb 7 1 6 2b l 1 d 3e 5 3 0 1 1 1 2 1 0 3 0 1u 4 1 1 1 3 9o 3 9 1 1
    0 1c 6 3 2 d0d g 2sg 0 1 1i 7 3 2l 1 f58 0 6zl 6 1 g 2 6 1 1 1 4 2s 0 1pz 0 1k8 p 6 p 6 p
    :lower+ 4q 0 f 0 dx 8 7 1 u 4 2o 0 1g 0 2o1 0 2en 1q d 0 y 10 j5 0 d 0 g c 5v f nk p 1hu 1 o4e
    1 5u 0 3l 2 3 1 o2 3 9 0 i6u 0 2 2 1 15 1 8 16r9 1p :upper+ 6lc f na p 2ixs p 6 p 6 p :word+
    4y 1 5 0 2 2
    """
  /// The scalars that differ in case only: the first one, then the others as distances from it.
  static let orbits = """
    1t +w 1u +w 1v +w 1w +w 1x +w 1y +w 1z +w 20 +w 21 +w 22 +w 23 +w +6hr 24 +w 25 +w 26 +w 27 +w
    28 +w 29 +w 2a +w 2b +w +8c 2c +w 2d +w 2e +w 2f +w 2g +w 2h +w 2i +w 51 +kn +lj 5c +w 5d +w
    5e +w 5f +w 5g +w 5h +w +6ee 5i +w 5j +w 5k +w 5l +w 5m +w 5n +w 5o +w 5p +w 5q +w 5r +w 5s +w
    5t +w 5u +w 5v +w 5w +w 5x +w 5y +w 60 +w 61 +w 62 +w 63 +w 64 +w 65 +w 66 +w 67 +5vj 73 +3d
    74 +1 76 +1 78 +1 7a +1 7c +1 7e +1 7g +1 7i +1 7k +1 7m +1 7o +1 7q +1 7s +1 7u +1 7w +1 7y
    +1 80 +1 82 +1 84 +1 86 +1 88 +1 8a +1 8c +1 8e +1 8i +1 8k +1 8m +1 8p +1 8r +1 8t +1 8v +1
    8x +1 8z +1 91 +1 93 +1 96 +1 98 +1 9a +1 9c +1 9e +1 9g +1 9i +1 9k +1 9m +1 9o +1 9q +1 9s
    +1 9u +1 9w +1 9y +1 a0 +1 a2 +1 a4 +1 a6 +1 a8 +1 aa +1 ac +1 ae +1 ah +1 aj +1 al +1 ao +5f
    ap +5u aq +1 as +1 au +5q av +1 ax +5p ay +5p az +1 b2 +27 b3 +5m b4 +5n b5 +1 b7 +5p b8 +5r
    b9 +2p ba +5v bb +5t bc +1 be +4j bg +5v bh +5x bi +3m bj +5y bk +1 bm +1 bo +1 bq +62 br +1
    bt +62 bw +1 by +62 bz +1 c1 +61 c2 +61 c3 +1 c5 +1 c7 +63 c8 +1 cc +1 cf +1k ck +1 +2 cn +1
    +2 cq +1 +2 ct +1 cv +1 cx +1 cz +1 d1 +1 d3 +1 d5 +1 d7 +1 da +1 dc +1 de +1 dg +1 di +1 dk
    +1 dm +1 do +1 dq +1 dt +1 +2 dw +1 e0 +1 e2 +1 e4 +1 e6 +1 e8 +1 ea +1 ec +1 ee +1 eg +1 ei
    +1 ek +1 em +1 eo +1 eq +1 es +1 eu +1 ew +1 ey +1 f0 +1 f2 +1 f6 +1 f8 +1 fa +1 fc +1 fe +1
    fg +1 fi +1 fk +1 fm +1 fu +8bv fv +1 fy +8bs fz +8cf g0 +8cf g1 +1 g4 +1x g5 +1z g6 +1 g8 +1
    ga +1 gc +1 ge +1 gg +8bj gh +8bg gi +8bi gs +wnj gx +wnf h1 +wmg h2 +wn8 h6 +wn8 h7 +8af h8
    +wn5 hd +8al hp +89z hu +wn7 hz +wmi il +wlx im +wlu n9 +2c +38 +5mh og +1 oi +1 om +1 or +3m
    os +3m ot +3m ov +38 p2 +12 p4 +11 p5 +11 p6 +11 p8 +1s pa +1r pb +1r pc +5kz pd +w pe +w +1q
    pf +w pg +w ph +w +2o pi +w pj +w pk +w +1l +2k pm +w +2e pn +w pp +w pq +w pr +w ps +w +1i pt
    +w +28 pv +v +w pw +w px +w py +w +1b pz +w q0 +w q1 +w +5tp q2 +w q3 +w q8 +5kj r3 +8 rc +1
    re +1 rg +1 ri +1 rk +1 rm +1 ro +1 rq +1 rs +1 ru +1 rw +1 ry +1 s2 +7 s7 +1 sa +1 sg +28 sh
    +28 si +28 sj +28 sk +28 sl +28 sm +28 sn +28 so +28 sp +28 sq +28 sr +28 ss +28 st +28 su +28
    sv +28 sw +w sx +w sy +w +4tq sz +w t0 +w +4tp t1 +w t2 +w t3 +w t4 +w t5 +w t6 +w t7 +w t8 +w
    t9 +w ta +w +4tg tb +w tc +w td +w +4te te +w +4te +4tf tf +w tg +w th +w ti +w tj +w tk +w tl
    +w tm +w +4t8 tn +w to +w tp +w tq +w tr +w v4 +1 v6 +1 +4rp v8 +1 va +1 vc +1 ve +1 vg +1 vi
    +1 vk +1 vm +1 vo +1 vq +1 vs +1 vu +1 vw +1 vy +1 w0 +1 wa +1 wc +1 we +1 wg +1 wi +1 wk +1
    wm +1 wo +1 wq +1 ws +1 wu +1 ww +1 wy +1 x0 +1 x2 +1 x4 +1 x6 +1 x8 +1 xa +1 xc +1 xe +1 xg
    +1 xi +1 xk +1 xm +1 xo +1 xq +1 xs +f xt +1 xv +1 xx +1 xz +1 y1 +1 y3 +1 y5 +1 y8 +1 ya +1
    yc +1 ye +1 yg +1 yi +1 yk +1 ym +1 yo +1 yq +1 ys +1 yu +1 yw +1 yy +1 z0 +1 z2 +1 z4 +1 z6
    +1 z8 +1 za +1 zc +1 ze +1 zg +1 zi +1 zk +1 zm +1 zo +1 zq +1 zs +1 zu +1 zw +1 zy +1 100 +1
    102 +1 104 +1 106 +1 108 +1 10a +1 10c +1 10e +1 10g +1 10i +1 10k +1 10m +1 10o +1 10q +1 10s
    +1 10u +1 10x +1c 10y +1c 10z +1c 110 +1c 111 +1c 112 +1c 113 +1c 114 +1c 115 +1c 116 +1c 117
    +1c 118 +1c 119 +1c 11a +1c 11b +1c 11c +1c 11d +1c 11e +1c 11f +1c 11g +1c 11h +1c 11i +1c
    11j +1c 11k +1c 11l +1c 11m +1c 11n +1c 11o +1c 11p +1c 11q +1c 11r +1c 11s +1c 11t +1c 11u
    +1c 11v +1c 11w +1c 11x +1c 11y +1c 3a8 +5ls 3a9 +5ls 3aa +5ls 3ab +5ls 3ac +5ls 3ad +5ls 3ae
    +5ls 3af +5ls 3ag +5ls 3ah +5ls 3ai +5ls 3aj +5ls 3ak +5ls 3al +5ls 3am +5ls 3an +5ls 3ao +5ls
    3ap +5ls 3aq +5ls 3ar +5ls 3as +5ls 3at +5ls 3au +5ls 3av +5ls 3aw +5ls 3ax +5ls 3ay +5ls 3az
    +5ls 3b0 +5ls 3b1 +5ls 3b2 +5ls 3b3 +5ls 3b4 +5ls 3b5 +5ls 3b6 +5ls 3b7 +5ls 3b8 +5ls 3b9 +5ls
    3bb +5ls 3bh +5ls 3bk +2bk 3bl +2bk 3bm +2bk 3bn +2bk 3bo +2bk 3bp +2bk 3bq +2bk 3br +2bk 3bs
    +2bk 3bt +2bk 3bu +2bk 3bv +2bk 3bw +2bk 3bx +2bk 3by +2bk 3bz +2bk 3c0 +2bk 3c1 +2bk 3c2 +2bk
    3c3 +2bk 3c4 +2bk 3c5 +2bk 3c6 +2bk 3c7 +2bk 3c8 +2bk 3c9 +2bk 3ca +2bk 3cb +2bk 3cc +2bk 3cd
    +2bk 3ce +2bk 3cf +2bk 3cg +2bk 3ch +2bk 3ci +2bk 3cj +2bk 3ck +2bk 3cl +2bk 3cm +2bk 3cn +2bk
    3co +2bk 3cp +2bk 3cq +2bk 3ct +2bk 3cu +2bk 3cv +2bk 3vk +tzk 3vl +tzk 3vm +tzk 3vn +tzk 3vo
    +tzk 3vp +tzk 3vq +tzk 3vr +tzk 3vs +tzk 3vt +tzk 3vu +tzk 3vv +tzk 3vw +tzk 3vx +tzk 3vy +tzk
    3vz +tzk 3w0 +tzk 3w1 +tzk 3w2 +tzk 3w3 +tzk 3w4 +tzk 3w5 +tzk 3w6 +tzk 3w7 +tzk 3w8 +tzk 3w9
    +tzk 3wa +tzk 3wb +tzk 3wc +tzk 3wd +tzk 3we +tzk 3wf +tzk 3wg +tzk 3wh +tzk 3wi +tzk 3wj +tzk
    3wk +tzk 3wl +tzk 3wm +tzk 3wn +tzk 3wo +tzk 3wp +tzk 3wq +tzk 3wr +tzk 3ws +tzk 3wt +tzk 3wu
    +tzk 3wv +tzk 3ww +tzk 3wx +tzk 3wy +tzk 3wz +tzk 3x0 +tzk 3x1 +tzk 3x2 +tzk 3x3 +tzk 3x4 +tzk
    3x5 +tzk 3x6 +tzk 3x7 +tzk 3x8 +tzk 3x9 +tzk 3xa +tzk 3xb +tzk 3xc +tzk 3xd +tzk 3xe +tzk 3xf
    +tzk 3xg +tzk 3xh +tzk 3xi +tzk 3xj +tzk 3xk +tzk 3xl +tzk 3xm +tzk 3xn +tzk 3xo +tzk 3xp +tzk
    3xq +tzk 3xr +tzk 3xs +8 3xt +8 3xu +8 3xv +8 3xw +8 3xx +8 5mw +r7m +r7n 5mx +1 5tl +r9g 5tp
    +2xy 5u6 +raw 5xc +1 5xe +1 5xg +1 5xi +1 5xk +1 5xm +1 5xo +1 5xq +1 5xs +1 5xu +1 5xw +1 5xy
    +1 5y0 +1 5y2 +1 5y4 +1 5y6 +1 5y8 +1 5ya +1 5yc +1 5ye +1 5yg +1 5yi +1 5yk +1 5ym +1 5yo +1
    5yq +1 5ys +1 5yu +1 5yw +1 5yy +1 5z0 +1 5z2 +1 5z4 +1 5z6 +1 5z8 +1 5za +1 5zc +1 5ze +1 5zg
    +1 5zi +1 5zk +1 5zm +1 5zo +1 5zq +1 5zs +1 5zu +1 5zw +1 5zy +1 600 +1 +1n 602 +1 604 +1 606
    +1 608 +1 60a +1 60c +1 60e +1 60g +1 60i +1 60k +1 60m +1 60o +1 60q +1 60s +1 60u +1 60w +1
    60y +1 610 +1 612 +1 614 +1 616 +1 618 +1 61a +1 61c +1 61e +1 61g +1 61s +1 61u +1 61w +1 61y
    +1 620 +1 622 +1 624 +1 626 +1 628 +1 62a +1 62c +1 62e +1 62g +1 62i +1 62k +1 62m +1 62o +1
    62q +1 62s +1 62u +1 62w +1 62y +1 630 +1 632 +1 634 +1 636 +1 638 +1 63a +1 63c +1 63e +1 63g
    +1 63i +1 63k +1 63m +1 63o +1 63q +1 63s +1 63u +1 63w +1 63y +1 640 +1 642 +1 644 +1 646 +1
    648 +1 64a +1 64c +1 64e +1 64g +8 64h +8 64i +8 64j +8 64k +8 64l +8 64m +8 64n +8 64w +8 64x
    +8 64y +8 64z +8 650 +8 651 +8 65c +8 65d +8 65e +8 65f +8 65g +8 65h +8 65i +8 65j +8 65s +8
    65t +8 65u +8 65v +8 65w +8 65x +8 65y +8 65z +8 668 +8 669 +8 66a +8 66b +8 66c +8 66d +8 66p
    +8 66r +8 66t +8 66v +8 674 +8 675 +8 676 +8 677 +8 678 +8 679 +8 67a +8 67b +8 67k +22 67l
    +22 67m +2e 67n +2e 67o +2e 67p +2e 67q +2s 67r +2s 67s +3k 67t +3k 67u +34 67v +34 67w +3i
    67x +3i 680 +8 681 +8 682 +8 683 +8 684 +8 685 +8 686 +8 687 +8 68g +8 68h +8 68i +8 68j +8
    68k +8 68l +8 68m +8 68n +8 68w +8 68x +8 68y +8 68z +8 690 +8 691 +8 692 +8 693 +8 69c +8 69d
    +8 69f +9 69v +9 6a8 +8 6a9 +8 6ao +8 6ap +8 6at +7 6b7 +9 6k2 +s 6lc +g 6ld +g 6le +g 6lf +g
    6lg +g 6lh +g 6li +g 6lj +g 6lk +g 6ll +g 6lm +g 6ln +g 6lo +g 6lp +g 6lq +g 6lr +g 6mb +1 792
    +q 793 +q 794 +q 795 +q 796 +q 797 +q 798 +q 799 +q 79a +q 79b +q 79c +q 79d +q 79e +q 79f +q
    79g +q 79h +q 79i +q 79j +q 79k +q 79l +q 79m +q 79n +q 79o +q 79p +q 79q +q 79r +q 8ow +1c
    8ox +1c 8oy +1c 8oz +1c 8p0 +1c 8p1 +1c 8p2 +1c 8p3 +1c 8p4 +1c 8p5 +1c 8p6 +1c 8p7 +1c 8p8
    +1c 8p9 +1c 8pa +1c 8pb +1c 8pc +1c 8pd +1c 8pe +1c 8pf +1c 8pg +1c 8ph +1c 8pi +1c 8pj +1c
    8pk +1c 8pl +1c 8pm +1c 8pn +1c 8po +1c 8pp +1c 8pq +1c 8pr +1c 8ps +1c 8pt +1c 8pu +1c 8pv
    +1c 8pw +1c 8px +1c 8py +1c 8pz +1c 8q0 +1c 8q1 +1c 8q2 +1c 8q3 +1c 8q4 +1c 8q5 +1c 8q6 +1c
    8q7 +1c 8rk +1 8rr +1 8rt +1 8rv +1 8s2 +1 8s5 +1 8sg +1 8si +1 8sk +1 8sm +1 8so +1 8sq +1
    8ss +1 8su +1 8sw +1 8sy +1 8t0 +1 8t2 +1 8t4 +1 8t6 +1 8t8 +1 8ta +1 8tc +1 8te +1 8tg +1 8ti
    +1 8tk +1 8tm +1 8to +1 8tq +1 8ts +1 8tu +1 8tw +1 8ty +1 8u0 +1 8u2 +1 8u4 +1 8u6 +1 8u8 +1
    8ua +1 8uc +1 8ue +1 8ug +1 8ui +1 8uk +1 8um +1 8uo +1 8uq +1 8us +1 8uu +1 8uw +1 8uy +1 8v0
    +1 8v2 +1 8v4 +1 8v6 +1 8vf +1 8vh +1 8vm +1 wu8 +1 wua +1 wuc +1 wue +1 wug +1 wuk +1 wum +1
    wuo +1 wuq +1 wus +1 wuu +1 wuw +1 wuy +1 wv0 +1 wv2 +1 wv4 +1 wv6 +1 wv8 +1 wva +1 wvc +1 wve
    +1 wvg +1 ww0 +1 ww2 +1 ww4 +1 ww6 +1 ww8 +1 wwa +1 wwc +1 wwe +1 wwg +1 wwi +1 wwk +1 wwm +1
    wwo +1 wwq +1 x0i +1 x0k +1 x0m +1 x0o +1 x0q +1 x0s +1 x0u +1 x0y +1 x10 +1 x12 +1 x14 +1 x16
    +1 x18 +1 x1a +1 x1c +1 x1e +1 x1g +1 x1i +1 x1k +1 x1m +1 x1o +1 x1q +1 x1s +1 x1u +1 x1w +1
    x1y +1 x20 +1 x22 +1 x24 +1 x26 +1 x28 +1 x2a +1 x2c +1 x2e +1 x2g +1 x2i +1 x2k +1 x2m +1 x2x
    +1 x2z +1 x32 +1 x34 +1 x36 +1 x38 +1 x3a +1 x3f +1 x3k +1 x3m +1 x3o +1c x3q +1 x3s +1 x3u +1
    x3w +1 x3y +1 x40 +1 x42 +1 x44 +1 x46 +1 x48 +1 x4j +ps x4k +1 x4m +1 x4o +1 x4q +1 x4s +1
    x4u +1 x4w +1 x4y +1 x53 +1 x55 +1 x58 +1 x5c +1 x5i +1 x5k +1 x5m +1 x6d +1 1dl1 +1 1ee9 +w
    1eea +w 1eeb +w 1eec +w 1eed +w 1eee +w 1eef +w 1eeg +w 1eeh +w 1eei +w 1eej +w 1eek +w 1eel
    +w 1eem +w 1een +w 1eeo +w 1eep +w 1eeq +w 1eer +w 1ees +w 1eet +w 1eeu +w 1eev +w 1eew +w
    1eex +w 1eey +w 1fcw +14 1fcx +14 1fcy +14 1fcz +14 1fd0 +14 1fd1 +14 1fd2 +14 1fd3 +14 1fd4
    +14 1fd5 +14 1fd6 +14 1fd7 +14 1fd8 +14 1fd9 +14 1fda +14 1fdb +14 1fdc +14 1fdd +14 1fde +14
    1fdf +14 1fdg +14 1fdh +14 1fdi +14 1fdj +14 1fdk +14 1fdl +14 1fdm +14 1fdn +14 1fdo +14 1fdp
    +14 1fdq +14 1fdr +14 1fds +14 1fdt +14 1fdu +14 1fdv +14 1fdw +14 1fdx +14 1fdy +14 1fdz +14
    1fhs +14 1fht +14 1fhu +14 1fhv +14 1fhw +14 1fhx +14 1fhy +14 1fhz +14 1fi0 +14 1fi1 +14 1fi2
    +14 1fi3 +14 1fi4 +14 1fi5 +14 1fi6 +14 1fi7 +14 1fi8 +14 1fi9 +14 1fia +14 1fib +14 1fic +14
    1fid +14 1fie +14 1fif +14 1fig +14 1fih +14 1fii +14 1fij +14 1fik +14 1fil +14 1fim +14 1fin
    +14 1fio +14 1fip +14 1fiq +14 1fir +14 1fn4 +13 1fn5 +13 1fn6 +13 1fn7 +13 1fn8 +13 1fn9 +13
    1fna +13 1fnb +13 1fnc +13 1fnd +13 1fne +13 1fng +13 1fnh +13 1fni +13 1fnj +13 1fnk +13 1fnl
    +13 1fnm +13 1fnn +13 1fno +13 1fnp +13 1fnq +13 1fnr +13 1fns +13 1fnt +13 1fnu +13 1fnw +13
    1fnx +13 1fny +13 1fnz +13 1fo0 +13 1fo1 +13 1fo2 +13 1fo4 +13 1fo5 +13 1h1c +1s 1h1d +1s 1h1e
    +1s 1h1f +1s 1h1g +1s 1h1h +1s 1h1i +1s 1h1j +1s 1h1k +1s 1h1l +1s 1h1m +1s 1h1n +1s 1h1o +1s
    1h1p +1s 1h1q +1s 1h1r +1s 1h1s +1s 1h1t +1s 1h1u +1s 1h1v +1s 1h1w +1s 1h1x +1s 1h1y +1s 1h1z
    +1s 1h20 +1s 1h21 +1s 1h22 +1s 1h23 +1s 1h24 +1s 1h25 +1s 1h26 +1s 1h27 +1s 1h28 +1s 1h29 +1s
    1h2a +1s 1h2b +1s 1h2c +1s 1h2d +1s 1h2e +1s 1h2f +1s 1h2g +1s 1h2h +1s 1h2i +1s 1h2j +1s 1h2k
    +1s 1h2l +1s 1h2m +1s 1h2n +1s 1h2o +1s 1h2p +1s 1h2q +1s 1h74 +w 1h75 +w 1h76 +w 1h77 +w 1h78
    +w 1h79 +w 1h7a +w 1h7b +w 1h7c +w 1h7d +w 1h7e +w 1h7f +w 1h7g +w 1h7h +w 1h7i +w 1h7j +w
    1h7k +w 1h7l +w 1h7m +w 1h7n +w 1h7o +w 1h7p +w 1jfk +w 1jfl +w 1jfm +w 1jfn +w 1jfo +w 1jfp
    +w 1jfq +w 1jfr +w 1jfs +w 1jft +w 1jfu +w 1jfv +w 1jfw +w 1jfx +w 1jfy +w 1jfz +w 1jg0 +w
    1jg1 +w 1jg2 +w 1jg3 +w 1jg4 +w 1jg5 +w 1jg6 +w 1jg7 +w 1jg8 +w 1jg9 +w 1jga +w 1jgb +w 1jgc
    +w 1jgd +w 1jge +w 1jgf +w 20cg +w 20ch +w 20ci +w 20cj +w 20ck +w 20cl +w 20cm +w 20cn +w
    20co +w 20cp +w 20cq +w 20cr +w 20cs +w 20ct +w 20cu +w 20cv +w 20cw +w 20cx +w 20cy +w 20cz
    +w 20d0 +w 20d1 +w 20d2 +w 20d3 +w 20d4 +w 20d5 +w 20d6 +w 20d7 +w 20d8 +w 20d9 +w 20da +w
    20db +w 2olc +y 2old +y 2ole +y 2olf +y 2olg +y 2olh +y 2oli +y 2olj +y 2olk +y 2oll +y 2olm
    +y 2oln +y 2olo +y 2olp +y 2olq +y 2olr +y 2ols +y 2olt +y 2olu +y 2olv +y 2olw +y 2olx +y
    2oly +y 2olz +y 2om0 +y 2om1 +y 2om2 +y 2om3 +y 2om4 +y 2om5 +y 2om6 +y 2om7 +y 2om8 +y 2om9
    +y
    """
  /// The texts of several scalars that equal one scalar if case is ignored.
  static let foldedTexts = """
    2p+ji 2u+2u 2u+2u+2x 2u+2u+30 2u+2x 2u+30 2w+mp 2x+lj 2y+lo 37+37 37+38 38+lk 3b+lm 3d+lm
    jg+32 q4+qh q6+qh q9+n6 q9+n6+qh q9+qh qf+n6 qf+n6+qh qf+qh qh+lk+lc qh+lk+ld qh+lk+n6 qh+n6
    qp+lv qt+lk+lc qt+lk+ld qt+lk+n6 qt+lv qt+lv+lc qt+lv+ld qt+lv+n6 qt+n6 qx+n6 qx+n6+qh qx+qh
    r2+qh 12d+136 12s+12d 12s+12j 12s+12l 12s+12u 132+12u 64g+qh 64h+qh 64i+qh 64j+qh 64k+qh
    64l+qh 64m+qh 64n+qh 65c+qh 65d+qh 65e+qh 65f+qh 65g+qh 65h+qh 65i+qh 65j+qh 674+qh 675+qh
    676+qh 677+qh 678+qh 679+qh 67a+qh 67b+qh 67k+qh 67o+qh 67w+qh
    """
  /// The scalars that equal a text of several if case is ignored, as a set.
  static let foldedScalars = """
    67 0 28 0 o 0 4m 0 bj 0 v 0 d2 0 4y6 4 3 0 4x 0 1 0 1 0 1 0 15 1b 2 2 1 1 4 0 5 2 1 1 4 0 5 1
    2 1 a 2 1 1 a 2 1 1 4 0 179f 6 c 4
    """
}
