// Written by tools/golden/text_tables.py from what the tokenizers package does.

/// What the tokenizers package knows of characters, packed: numbers are written to base 36.
enum NormalizationTables {
  /// The sets of scalars: after a name, the gap since the last range and the range's length less
  /// 1, again and again.
  static let sets = """
    :mark lc 33 7n 6 7b 18 1 0 1 1 1 1 1 0 20 a 1c k g 0 2t 6 2 5 2 1 1 3 z 0 u q 2j a 1m 8 y 3 1
    8 1 2 1 4 17 2 3c d 1 w 1i 2 1 h 1 6 a 1 t 2 1k 0 1 6 2 1 2 2 9 0 a 1 t 2 1k 0 1 4 4 1 2 2 3 0
    u 1 3 0 b 2 1k 0 1 7 1 2 1 2 k 1 t 2 1k 0 1 6 2 1 2 2 8 1 a 1 u 0 1n 4 3 2 1 3 9 0 14 3 1m 6 1
    2 1 3 7 1 b 1 t 2 1k 0 1 6 1 2 1 3 7 1 b 1 t 2 1m 6 1 2 1 3 9 0 a 1 u 1 1y 0 4 5 1 0 1 7 i 1
    1p 0 2 6 c 7 2q 0 2 5 1 1 b 5 22 1 r 0 1 0 1 0 4 1 1d j 1 1 5 a 1 z 9 0 2s j n 3 4 2 1 2 2 6 3
    3 d b 1 0 a 3 jj 2 qa 2 t 2 t 1 u 1 1s v 9 0 19 2 3b 1 y 0 3a b 4 b 63 4 1l 9 1 s 2 0 1c e 1t
    4 1b g 12 8 c 2 u c 1k d 1c j 48 2 1 k 4 0 4 2 3 1 5i 1h 5 4 k0 w 2da 2 3x 0 2o v fe 5 2x 1
    n9w 3 1 9 w 1 28 1 7k 0 3 0 4 0 n 4 2g 1 1e h q h 1g 7 p c 18 3 1b d 10 0 1v d c 0 8 1 19 2 1e
    0 1 2 2 1 5 1 1 0 15 4 5 1 6k 7 1 1 fn4 0 kh f g f r1 0 6a 0 45 4 1ae 2 1 1 5 3 14 2 4 0 4l 1
    109 2 1h e 1k 3 19 a 1x 2 10 d 1q 0 c 2 1c d 9 2 2n b 6 0 4g b l 3 1k 0 1 6 2 1 2 2 9 0 a 1 2
    6 3 4 5c h 2x j 6j 6 2 8 r 1 2a g 2y c 2t e zn 7 1 7 2a l 1 d fg9 4 1n 6 t6 19 g 3 f7u 1 43q 4
    3 5 8 7 2 6 u 3 44 2 1iz 1i 4 1d 8 0 e 0 m 4 1 e 11s 6 1 g 2 6 1 1 1 4 1ph 6 31 6 gzhx 6n
    :nonspacing lc 33 7n 4 7d 18 1 0 1 1 1 1 1 0 20 a 1c k g 0 2t 6 2 5 2 1 1 3 z 0 u q 2j a 1m 8
    y 3 1 8 1 2 1 4 17 2 3r v 1j 0 1 0 4 7 4 0 3 6 a 1 t 0 1m 0 4 3 8 0 k 1 t 1 1l 0 4 1 4 1 2 2 3
    0 u 1 3 0 b 1 1l 0 4 4 1 1 4 0 k 1 t 0 1m 0 2 0 1 3 8 0 8 0 b 1 u 0 1p 0 c 0 1e 0 1p 2 5 2 1 3
    7 1 b 1 t 0 1m 0 2 0 6 0 5 1 k 1 t 0 1r 3 8 0 k 1 2u 0 7 2 1 0 2i 0 2 6 c 7 2q 0 2 5 1 1 b 5
    22 1 r 0 1 0 1 0 1j d 1 4 1 1 5 a 1 z 9 0 2u 3 1 5 1 1 2 1 p 1 4 2 g 3 d 0 2 1 6 0 f 0 jj 2 qa
    2 t 2 t 1 u 1 1s 1 1 6 8 0 2 a 9 0 19 2 4b 0 3a 2 4 1 9 0 6 2 63 1 2 0 1m 0 1 6 1 0 1 0 2 7 6
    9 2 0 1c d 1u 3 1c 0 1 4 1 0 5 0 14 8 c 1 w 3 2 1 1 2 1k 0 1 1 3 0 1 2 1m 7 2 1 48 2 1 c 1 6 4
    0 6 0 3 1 5i 1h 6 3 k0 c 4 0 3 b 2da 2 3x 0 2o v fe 3 2z 1 n9w 0 4 9 w 1 28 1 7k 0 3 0 4 0 p 1
    4d 0 r h 1g 7 p a 1a 2 1c 0 2 3 2 0 14 0 1v 5 2 1 2 1 c 0 8 0 1b 0 1f 0 1 2 2 1 5 1 1 0 16 1 8
    0 6m 0 2 0 4 0 fn4 0 kh f g f r1 0 6a 0 45 4 1ae 2 1 1 5 3 14 2 4 0 4l 1 10a 0 1i e 1k 2 1d 3
    2 1 1x 2 10 4 1 7 1q 0 c 1 1g 8 b 2 2q 2 2 0 1 1 4n 0 3 7 l 1 1m 0 3 0 11 6 3 4 8u 5 1 0 4 1 1
    1 6m 3 6 1 1 1 r 1 2d 7 2 0 1 1 2y 0 1 0 2 5 1 0 2t 2 2 3 1 4 gjo 4 1n 6 uw 3 f7u 1 43s 2 h 7
    2 6 u 3 44 2 1iz 1i 4 1d 8 0 e 0 m 4 1 e 2sg 6 gzl5 6n :unclean 0 8 2 1 1 h 2n w d 0 11u 5 m 0
    5c 0 1d 0 3cu 0 1ks 4 q 4 1d 4 1 9 11u8 4xr 16n 0 6x 2 1 0 3b3 0 xya 3 43z 7 h406 0 u 2n 1egw
    1ekd 2 1ekd :punctuation x e a 6 q 5 q 3 y 0 5 0 3 0 a 1 3 0 3 0 ji 0 8 0 cy 5 15 1 1f 0 1 0 2
    0 2 0 18 1 k 1 1 1 d 0 2 1 22 3 2u 0 17 d 6h 2 1i e v 0 79 1 a 0 an 0 lf 0 2i 0 a 1 4o e 1 0
    11 3 1z 0 22 4 4 1 33 5 4r 0 h0 8 47 0 h8 1 18 1 26 2 1z 1 4d 2 1 2 11 a 8p 1 60 1 3k 6 1 5 4s
    6 4b 3 1n 4 1q 1 1s 7 b 0 n0 n 8 j 1 c 1 b u 1 e 1 hl 3 t 1 u5 d 27 1 v 9 b7 l 1r 3 w 1 l7 3 1
    1 34 0 3z 1a 1 i ce 2 4 9 2 b g 0 c 0 2q 0 2i 0 mwy 1 7h 2 2r 0 a 0 37 5 ak 3 2e 1 14 2 1 0 1d
    1 1b 0 2p c g 1 3g 3 3i 1 g 1 6x 0 g2a 1 5s 9 m y 1 d 1 0 4 0 1 1 45 2 1 5 1 3 a 1 3 1 q 2 1 0
    r 0 1 0 1 6 be 2 ik 0 1c 0 bi 0 kn 0 5j 0 v 0 7k 8 12 0 34 6 1u 6 2h 3 x6 6 31 1 1 3 3i 3 1c 1
    27 4 3 0 d 0 1 2 2g 5 2z 0 f0 0 6y m 2x 2 6w 2 2lt 4 dtl 1 3p 0 1t 4 8 0 g2i 0 5wn 4 :word 1c
    9 7 p 4 0 1 p 1b 0 a 0 4 0 5 m 1 u 1 cp 4 b e 4 7 0 1 0 h 38 1 1 2 3 1 0 6 0 1 2 1 0 1 j 1 2a
    1 3u 1 4s 1 11 2 0 6 14 8 18 1 0 1 1 1 1 1 0 8 q 4 3 t a 5 21 4 2t 1 7 2 9 1 i 2 0 g 1m 2 2s e
    1h 4 0 2 0 2 19 i r 4 a 5 n 1 5 8 22 1 3k 2 9 1 i 1 7 2 1 2 l 1 6 1 0 3 3 2 8 2 1 2 3 8 0 4 1
    1 4 2 b a 0 1 0 2 2 1 5 4 1 2 l 1 6 1 1 1 1 1 1 2 0 1 4 4 1 2 2 3 0 7 3 1 0 7 f b 2 1 8 1 2 1
    l 1 6 1 1 1 4 2 9 1 2 1 2 2 0 f 3 2 9 9 6 1 2 1 7 2 1 2 l 1 6 1 1 1 4 2 8 2 1 2 2 7 2 4 1 1 4
    2 9 1 0 g 1 1 5 3 2 1 3 3 1 1 0 1 1 3 1 3 2 3 b 4 4 3 2 1 3 2 0 6 0 e 9 g c 1 2 1 m 1 f 2 8 1
    2 1 3 7 1 1 2 2 0 2 3 2 9 g 3 1 7 1 2 1 m 1 9 1 4 2 8 1 2 1 3 7 1 6 1 1 3 2 9 1 2 c c 1 2 1 1e
    1 2 1 4 5 3 7 4 2 9 a 5 1 2 1 h 3 n 1 8 1 0 2 6 3 0 4 5 1 0 1 7 6 9 2 1 d 1l 5 e 1 9 13 1 1 0
    1 4 1 n 1 0 1 m 2 4 1 0 1 6 1 9 2 3 w 0 n 1 6 9 b 0 1 0 1 0 4 9 1 z 4 j 1 h 1 z 9 0 1l 21 6 25
    2 11 1 0 5 0 2 16 1 98 1 3 2 6 1 0 1 3 2 14 1 3 2 w 1 3 2 6 1 0 1 3 2 e 1 1k 1 3 2 1u 2 2 w f
    g 2d 2 5 3 h7 2 g 1 p 5 22 3 a 7 l 9 l b j c c 1 2 1 1 c 2b 3 0 4 1 2 9 x 2 1 a 6 2g 7 16 5 1x
    a u 1 b 4 b a 13 2 4 b 17 4 p 6 9 12 r 4 1q 1 s 2 a 6 9 d 0 8 u 1d 24 3 9 h 8 c 37 c 1j 8 9 3
    1c 2 a 5 16 2 2 g 2 1 12 5 et 2 5 2 11 2 5 2 7 1 0 1 0 1 0 1 u 2 1g 1 6 1 0 3 2 1 6 3 3 2 5 4
    c 5 2 1 6 f 1 1d 1 j 0 s 0 d 0 g c 1f w h 0 4 0 2 9 1 0 3 4 6 0 1 0 1 0 1 3 1 a 2 3 5 4 4 0 h
    14 ml 1f 1ee 6c 6 8 c 11 1 0 5 0 2 1j 7 0 f n 9 6 1 6 1 6 1 6 1 6 1 6 1 6 1 6 1 v 1b 0 d1 2 p
    e 1 4 2 4 4 2d 2 1 2 2 1 2h 1 3 5 16 1 2l h v 1c f e8 533 1s h3g 1v 19 2 7g 3 r k 1e 1 9 1 36
    11 8 2 2u 2 1u 2 1 1 0 1 7 l 1h 4 0 j 1f c 1x a 9 6 n 3 0 1 1c 2 z c s 3 1s e a 6 u 1 1i 9 d 2
    9 6 m 3 20 o 2 2 f 2 4 a 5 2 5 2 5 9 6 1 6 1 16 1 d 6 3e 1 1 2 9 6 8mb c m 4 1c 6is a5 2 2x 12
    6 c 4 5 b 1 c 1 4 1 0 1 1 1 1 1 2z x a2 i 1r 2 1h 14 b 4 f g f 3 1 o 2 w 4 1 3q j 9 7 p 4 0 1
    p b 2g 3 5 2 5 2 5 2 2 z b 1 p 1 i 1 1 1 e 2 d y 3e 1x 1g 3s 0 3m s 3 1c f 0 v v d t 5 16 5 t
    2 z 4 7 1 4 16 4d 2 9 6 z 4 z 4 13 8 1f c a 1 e 1 6 1 1 1 a 1 e 1 6 1 1 3 1f c 8m 9 l a 7 o 5
    1 15 1 8 1x 5 2 0 1 17 1 1 3 0 2 m a m 9 u 1t i 1 1 a l a p 1y 1j 6 1 1s 3 1 1 5 7 1 2 1 s 2 2
    4 0 w s 3 s z 7 1 t p 1h a l a i d h 32 20 1j 1e d 1e d 13 8 9 6 11 3 4 1 m 6y 15 1 1 3 1 g 2
    1j w a 0 8 w v l 16 k r m 9 1y v f 9 1n 7 0 d o 7 9 6 1g 1 9 4 3 8 z 2 0 9 1w 4 3 1 c 1 0 z h
    1 10 6 3 1q 6 1 0 1 3 1 e 1 9 7 1m 5 9 6 3 1 7 2 1 2 l 1 6 1 1 1 4 1 9 2 1 2 2 2 0 6 0 5 6 2 6
    3 4 b 9 1 0 2 0 1 11 1 9 1 0 2 0 1 3 1 7 d 1 t 22 5 9 4 3 u 1x 1 0 8 9 4m 1h 2 8 n 5 y 1s 3 0
    b 9 12 1k 7 9 6 j s q 2 e 4 9 6 6 55 1m 2t 21 l 7 2 0 2 7 1 1 1 t 1 1 2 8 c 9 1y 7 2 19 2 7 1
    1 r 1q 8 0 8 21 3 0 i 20 5j w f 9 6 8 1 18 1 8 f 9 o t 2 l 1 d 21 6 1 1 1 17 3 0 1 1 1 8 8 9 6
    5 1 1 1 10 1 1 1 5 7 9 8m m 9 g 1 14 3 4 d a 2d 0 27 pl 2u 32 h 5f 218 2o f tr g l a 32y 5 g6
    5a1 1l 1c6 fs 7 u 1 9 6 26 1 9 6 t 2 4 b 1i 9 3 c 9 9 k 5 i c0 18 3 9 5i 1r 3k 22 4 1k 7 g 1s
    1 1 1 b 1 e 4qf 8 yd 15 9 6w7 3 1 6 1 1 1 82 f 0 t 2 2 0 e 3 8 az 1s4 2y 5 c 3 8 7 9 3 1 381 9
    ee 19 2 m f2 4 3 5 8 7 2 6 u 3 44 2 cb 2c 1 1y 1 1 2 0 2 1 2 3 1 b 1 0 1 6 1 1s 1 3 2 7 1 6 1
    r 1 3 1 4 1 0 3 6 1 9f 2 o 1 o 1 u 1 o 1 u 1 o 1 u 1 o 1 u 1 o 1 7 2 1d e8 1i 4 1d 8 0 e 0 m 4
    1 e uo u 6 5 5x 6 1 g 2 6 1 1 1 4 5 1p x 0 34 18 3 d 2 9 4 0 8x u h 1l d2 15 5y 16 dh 6 1 3 1
    1 1 e 1 5g b 6 15 23 4 9 x2 3 1 q 1 1 1 0 2 0 1 9 1 3 1 0 1 0 6 0 4 0 1 0 1 0 1 2 1 1 1 0 2 0
    1 0 1 0 1 0 1 0 1 1 1 0 2 3 1 6 1 3 1 3 1 0 1 9 1 g 5 2 1 4 1 g hg p 6 p 6 p 21y 9 sm wyn w
    37d 6 65 2 4g1 e 5rk f h9 1wi f1 15u 3t6 5 38f f9e8 6n :space 9 4 i 0 2s 0 q 0 4bj 0 1vj a t 1
    5 0 1b 0 334 0
    """
  /// The compatibility decompositions that are not canonical, scalar by scalar: the scalars of each,
  /// joined by `+`. `~n` passes over n scalars, `.n` stands for n scalars that each become the one
  /// after what the scalar before became.
  static let decompositions = """
    ~4g w ~7 w+lk ~1 2p ~4 w+lg ~2 1e .1 w+ld qk ~2 w+mf 1d 33 ~1 1d+6dg+1g 1d+6dg+1e 1f+6dg+1g
    ~37 21+22 2x+2y ~b 24+53 30+53 ~8 jg+32 ~1h 37 ~1w 1w+2i+lo 1w+3e+lo 2s+3e+lo 24+22 24+2y
    30+2y 26+22 26+2y 32+2y ~10 1w+2i 1w+3e 2s+3e ~58 2w h2 2y 36 hl hn ht 3b 3d ~v w+li w+lj w+lm
    w+mg w+lf w+ln ~2 gz 30 37 3c id ~45 w+n9 ~9 w+ld w+lk+ld ~22 qa qg px px+ld px+lk qu qo ~p qi
    qp .1 ~1 pk qd ~3 pv ~b1 12d+136 ~6l 17r+19w 18o+19w 1c7+19w 18q+19w ~1iy 2tp+2sy ~3j 2x9+2wi
    ~14 2wb+2vt 2wb+2w1 ~1a 2yz ~2y 33m+31t+328 ~1 33n+31t+328 ~aq 3bw ~2en 1t 5i 1u ~1 1w .1 b2
    1z .7 ~1 27 f6 28 2a 2c .1 2f 2p gg .1 5qa 2q 2s .1 gp gr .1 2v ~1 2z 31 97 33 gk 5qu .1 34 38
    .1 5r1 hb 3a 5r9 qa .2 qu .1 2x 36 39 .1 qa .1 qp qu .1 ~d u5 ~y gi 2r gl 6o gs 2u gv gx h1 h4
    .2 5tn il h9 5tx in hd hc he .3 hk hu .1 bv i1 .1 5r0 i3 .1 3e i8 .2 qg ~62 2p+ji 37+lj ~81
    w+lv ~1 w+lv w+n6 w+lk+n6 ~b w+lv+lc w+lv+ld w+lv+n6 ~d w+lw+lc w+lw+ld w+lw+n6 ~d w+lk+lc
    w+lk+ld ~e w+ld w+lw ~1 w w w w w w w w w w w ~6 6c0 ~5 w+mr ~c 1a 1a+1a 1a+1a+1a ~8 w ~3
    6cy+6cy 6cy+6cy+6cy ~1 6d1+6d1 6d1+6d1+6d1 ~4 x+x ~1 w+lh ~8 1r+1r 1r+x x+1r ~d
    6cy+6cy+6cy+6cy ~7 w ~g 1c 2x ~2 1g .5 17 6qa 1p 14 .1 32 1c .9 17 6qa 1p 14 .1 ~1 2p 2t 33 3c
    gp 2w 2z .3 34 37 .1 ~b 2a+37 ~2f 2p+1b+2r 2p+1b+37 1v 4w+1v ~1 2r+1b+33 2r+1b+39 b4 ~1 4w+1y
    2v 20 20 20 2w 87 21 21 24 30 ~1 26 26+33 ~2 28 .2 2a 2a ~2 2b+25 2c+1x+24 2c+25 ~1 2i ~3 2i
    ~3 1u .1 ~1 2t 1x .1 ~1 25 33 15c .3 2x ~1 1y+1t+2g qo qb pf ps 6q9 ~4 1w 2s .1 2x .1 ~6
    1d+6dg+1j 1d+6dg+1l 1d+6dg+1d+1c 1d+6dg+1f 1e+6dg+1f 1d+6dg+1h 1e+6dg+1h 1f+6dg+1h 1g+6dg+1h
    1d+6dg+1i 1h+6dg+1i 1d+6dg+1k 1f+6dg+1k 1h+6dg+1k 1j+6dg+1k 1d+6dg 21 21+21 21+21+21 21+2e 2e
    2e+21 2e+21+21 2e+21+21+21 21+2g 2g 2g+21 2g+21+21 24 1v .1 25 2x 2x+2x 2x+2x+2x 2x+3a 3a
    3a+2x 3a+2x+2x 3a+2x+2x+2x 2x+3c 3c 3c+2x 3c+2x+2x 30 2r .1 31 ~9 1c+6dg+1f ~4i 6qz+6qz
    6qz+6qz+6qz ~1 6r2+6r2 6r2+6r2+6r2 ~fj 1d .8 1d+1c 1d+1d 1d+1e 1d+1f 1d+1g 1d+1h 1d+1i 1d+1j
    1d+1k 1d+1l 1e+1c 14+1d+15 14+1e+15 14+1f+15 14+1g+15 14+1h+15 14+1i+15 14+1j+15 14+1k+15
    14+1l+15 14+1d+1c+15 14+1d+1d+15 14+1d+1e+15 14+1d+1f+15 14+1d+1g+15 14+1d+1h+15 14+1d+1i+15
    14+1d+1j+15 14+1d+1k+15 14+1d+1l+15 14+1e+1c+15 1d+1a 1e+1a 1f+1a 1g+1a 1h+1a 1i+1a 1j+1a
    1k+1a 1l+1a 1d+1c+1a 1d+1d+1a 1d+1e+1a 1d+1f+1a 1d+1g+1a 1d+1h+1a 1d+1i+1a 1d+1j+1a 1d+1k+1a
    1d+1l+1a 1e+1c+1a 14+2p+15 14+2q+15 14+2r+15 14+2s+15 14+2t+15 14+2u+15 14+2v+15 14+2w+15
    14+2x+15 14+2y+15 14+2z+15 14+30+15 14+31+15 14+32+15 14+33+15 14+34+15 14+35+15 14+36+15
    14+37+15 14+38+15 14+39+15 14+3a+15 14+3b+15 14+3c+15 14+3d+15 14+3e+15 1t .p 2p .p 1c ~10h
    6qz+6qz+6qz+6qz ~2v 1m+1m+1p 1p+1p 1p+1p+1p ~ed 2y 2e ~6p 8yp ~8f lal ~2b vj3 ~c feo ffs fg6
    fgf fh5 fid fik fj4 fju g1r g2t g2z g3m g46 g4r g68 g6t g74 gbf ge1 get gey gfs gg1 ggs gh5
    ghu gja gjs gkj h5j h7j hkb hky hl6 hlh hlz ho3 i1c i2o i60 i6n i76 i7s i9a i9d ijf ijp ik1
    ike inm inu inz ir8 iri irv is3 its iu9 iur iwz jd4 jee jez jzj jzo k1z k2f k2s k3d k4g k4l
    kc0 kco kdk l5s l7m l89 l9v laj las laz lcf lck ldg m7f mju mk6 mkb mkf mkn ml5 ml7 mng mtg
    mtl n30 n3a n4o n4v n54 n5c n7v n82 nee nel nfy ngf nhq nob noi noz ny2 o1k o1q o6s o97 oah
    okz ooo p4m p5d p6y p8d pa9 pak paq pbn pdr pe1 pnn pnu po3 poc pos pp7 ppb pri prm prs qj1
    qjv qww qx8 qxv r5q r63 r82 r9c rp3 rpi rpx rqw rrx rxg rxs rzn s6j s7e sd7 sds sdx sk1 sp5
    ssm sss ssx tiv tj4 tng trq trt tt4 tw1 twe twi twp tzf u0d u0j u0x u5k u6z u73 uc6 uc9 ucs
    ujs ul4 ulb un9 unj unm unw uoq uzp vat vb3 vc5 vcr vcz vd9 vdd veh vel vf2 vf7 vfk vgb vgq
    vgy vil vj0 vj4 ~16 w ~1h 9hu ~1 gg1 gg4 .1 ~2o w+9ll w+9lm ~2 9l4+9l6 ~2n 9mb+9mw ~1d 3cw .1
    3hm 3cy 3ho .1 3cz .2 3hs .5 3dm 3d2 .2 3dt 3d5 .9 3fl .k 3fk 3dg .1 3if .1 3ik 3im 3ir 3iv
    3ix 3do 3j1 3j3 3dp .1 3ds 3du .1 3dz 3e1 3e3 .4 3ea 3ee 3eo 3ev 3f0 3jl .1 3fb .2 3gk .1 3go
    3gx .1 3h0 3ha 3hd ~3 feo fik fex h5n fey ffx fez n5e fh5 ffd fep hm1 h80 fju ~2o 14+3cw+15
    14+3cy+15 14+3cz+15 14+3d1+15 14+3d2+15 14+3d3+15 14+3d5+15 14+3d7+15 14+3d8+15 14+3da+15
    14+3db+15 14+3dc+15 14+3dd+15 14+3de+15 14+3cw+3fl+15 14+3cy+3fl+15 14+3cz+3fl+15
    14+3d1+3fl+15 14+3d2+3fl+15 14+3d3+3fl+15 14+3d5+3fl+15 14+3d7+3fl+15 14+3d8+3fl+15
    14+3da+3fl+15 14+3db+3fl+15 14+3dc+3fl+15 14+3dd+3fl+15 14+3de+3fl+15 14+3d8+3fy+15
    14+3d7+3ft+3d8+3fp+3hn+15 14+3d7+3ft+3de+3fy+15 ~1 14+feo+15 14+fik+15 14+fex+15 14+h5n+15
    14+fis+15 14+g31+15 14+fer+15 14+g2z+15 14+fh9+15 14+gg1+15 14+kco+15 14+m7f+15 14+ldg+15
    14+kdk+15 14+ssx+15 14+h7j+15 14+k4l+15 14+kkq+15 14+kcp+15 14+ny6+15 14+glp+15 14+mm1+15
    14+rs1+15 14+nz1+15 14+gc4+15 14+fkz+15 14+gos+15 14+i1y+15 14+nhf+15 14+flt+15 14+rt3+15
    14+ggk+15 14+nzh+15 14+fm9+15 14+pnu+15 14+po3+15 gun inw k1z oen ~8 28+2c+1x 1e+1d 1e+1e
    1e+1f 1e+1g 1e+1h 1e+1i 1e+1j 1e+1k 1e+1l 1f+1c 1f+1d 1f+1e 1f+1f 1f+1g 1f+1h 3cw 3cy .1 3d1
    .2 3d5 3d7 .1 3da .4 3cw+3fl 3cy+3fl 3cz+3fl 3d1+3fl 3d2+3fl 3d3+3fl 3d5+3fl 3d7+3fl 3d8+3fl
    3da+3fl 3db+3fl 3dc+3fl 3dd+3fl 3de+3fl 3da+3fl+3hz+3cw+3ft 3d8+3fy+3d7+3g4 3d7+3fy ~1 feo fik
    fex h5n fis g31 fer g2z fh9 gg1 kco m7f ldg kdk ssx h7j k4l kkq kcp ny6 glp mm1 rs1 nz1 gc4
    o2g n5j ho3 six g16 ghc lig u11 fm9 g49 l7n fey ffx fez ijq gkz gfv i3b i1y nhf flt rt3 ggk
    hlo 1f+1i 1f+1j 1f+1k 1f+1l 1g+1c 1g+1d 1g+1e 1g+1f 1g+1g 1g+1h 1g+1i 1g+1j 1g+1k 1g+1l 1h+1c
    1d+kco 1e+kco 1f+kco 1g+kco 1h+kco 1i+kco 1j+kco 1k+kco 1l+kco 1d+1c+kco 1d+1d+kco 1d+1e+kco
    20+2v 2t+36+2v 2t+2e 24+2c+1w 9lu 9lw 9ly 9m0 9m2 .1 9m5 9m7 9m9 9mb 9md 9mf 9mh 9mj 9ml 9mn
    9mp 9ms 9mu 9mw 9my .5 9n6 9n9 9nc 9nf 9ni .4 9no 9nq 9ns .5 9nz .3 ~1 9lu+9n3+9lm+9oc+9mw
    9lu+9nv+9n9+9lt 9lu+9o3+9nc+9lm+9lu 9lu+9oc+9nv 9lw+9mz+9o3+9m7+9ll 9lw+9o3+9mp 9ly+9m1+9o3
    9m0+9mh+9m7+9oc+9mw+9ll 9m0+9oc+9m3+9oc 9m2+9o3+9mh 9m2+9oc+9nk 9m3+9lw+9nu 9m3+9nt+9mr+9mw
    9m3+9nx+9nu+9oc 9m3+9ll+9nx+9o3 9m3+9ll+9o3+9ni 9m5+9ll+9m3+9ll 9m5+9ll+9mz+9oc
    9m5+9np+9nu+9oc 9m5+9ll+9nv+9mn+9ll+9oc 9m5+9nx 9m5+9nx+9m7+9ll+9nt+9nk
    9m5+9nx+9nl+9oc+9mw+9nv 9m5+9nx+9nz+9mr+9mw 9m7+9ll+9nt+9nk 9m7+9ll+9nt+9nk+9mw+9o3
    9m7+9nv+9mj+9ll+9lw+9nx 9m7+9nx+9oc+9n1 9m9+9oc+9mh 9mb+9nv+9my 9mb+9oc+9nf+9lm
    9md+9lw+9m7+9nv 9md+9o3+9mp+9oc+9nk 9mf+9nu+9o3+9m7+9ll 9mj+9o3+9mp 9mj+9o3+9mw
    9mn+9ll+9oc+9mh 9mu+9ll+9mf 9mw+9ll+9nv 9mw+9o3 9my+9n2 9n2+9mr+9mw 9n3+9lw+9ms
    9n3+9lm+9oc+9mj+9o3+9mw 9n3+9lm+9oc+9ms 9n3+9ll+9oc+9nw+9nv 9n6+9lm+9lu+9mh+9mw+9nv
    9n6+9lm+9m7+9nv 9n6+9lm+9mb 9n6+9ll+9nv 9n9+9lt+9nt+9mr+9mw+9ll 9n9+9lv+9oc+9mw
    9n9+9ll+9mr+9mf+9lz+9nv 9n9+9nt+9o3 9nc+9m7+9mn+9oc+9nv 9nc+9lm+9ml 9nc+9lm+9mz+9n6
    9nc+9nv+9ms 9nc+9lm+9o3+9mh 9nc+9lm+9oc+9mf+9ll 9nc+9ll+9oc+9mn 9nf+9lm+9lw+9o3+9mw
    9nf+9ll+9nv+9mw 9nf+9o3 9nf+9lm+9o3+9mw+9ll 9nf+9oc+9nv 9nf+9oc+9o3 9ni+9lw+9m7+9nx
    9ni+9lw+9nv 9ni+9mr+9n3 9ni+9nv+9m7 9ni+9o3+9mf+9nr+9o3 9nj+9m7+9nx+9o3 9nj+9nu
    9nj+9nu+9n3+9ll+9oc+9nv 9nl+9m3+9ll 9nl+9m3+9ll+9mw+9o3 9nl+9oc+9mw+9nv 9no+9oc+9mw+9ll
    9no+9oc+9nv 9nq+9lu+9o3 9nu+9mr+9mw+9nv 9nu+9nt 9nv+9n6+9lm+9oc 9nv+9oc+9n9+9ll+9nv 9nw+9nk
    9nw+9o3+9mw+9m9+9ll+9o3 9nz+9mr+9mw 1c+m9l 1d+m9l 1e+m9l 1f+m9l 1g+m9l 1h+m9l 1i+m9l 1j+m9l
    1k+m9l 1l+m9l 1d+1c+m9l 1d+1d+m9l 1d+1e+m9l 1d+1f+m9l 1d+1g+m9l 1d+1h+m9l 1d+1i+m9l 1d+1j+m9l
    1d+1k+m9l 1d+1l+m9l 1e+1c+m9l 1e+1d+m9l 1e+1e+m9l 1e+1f+m9l 1e+1g+m9l 2w+28+2p 2s+2p 1t+2d
    2q+2p+36 33+2e 34+2r 2s+31 2s+31+1e 2s+31+1f 21+2d inn+jdc k6l+gp8 hlz+l7n k5q+lh7
    kkq+irz+fmi+ny6 34+1t 32+1t qk+1t 31+1t 2z+1t 23+1u 25+1u 1z+1u 2r+2p+30 2z+2r+2p+30 34+1y
    32+1y qk+1y qk+2v 31+2v 2z+2v 20+3e 2z+20+3e 25+20+3e 1z+20+3e 2c+20+3e qk+30 31+30 2s+30
    2z+30 2u+31 32+31 qk+31 31+31 2r+31 2z+31 31+31+1e 2r+31+1e 31+1e 2z+31+1e 31+31+1f 2r+31+1f
    31+1f 2z+31+1f 31+6qd+37 31+6qd+37+1e 28+2p 2z+28+2p 25+28+2p 1z+28+2p 36+2p+2s
    36+2p+2s+6qd+37 36+2p+2s+6qd+37+1e 34+37 32+37 qk+37 31+37 34+2e 32+2e qk+2e 31+2e 2z+2e 25+2e
    34+2f 32+2f qk+2f 31+2f 2z+2f 25+2f 2z+q1 25+q1 2p+1a+31+1a 1u+35 2r+2r 2r+2s 1v+6qd+2z+2v
    1v+33+1a 2s+1u 1z+3d 2w+2p 20+28 2x+32 23+23 23+25 2z+38 30+31 30+32 30+33+2v 30+3c 31+2q
    31+2x+30 31+33+30 28+20 34+1a+31+1a 28+28+25 28+2a 37+36 2b+3a 2f+2q 2e+6qd+31 1t+6qd+31
    1d+k4l 1e+k4l 1f+k4l 1g+k4l 1h+k4l 1i+k4l 1j+k4l 1k+k4l 1l+k4l 1d+1c+k4l 1d+1d+k4l 1d+1e+k4l
    1d+1f+k4l 1d+1g+k4l 1d+1h+k4l 1d+1i+k4l 1d+1j+k4l 1d+1k+k4l 1d+1l+k4l 1e+1c+k4l 1e+1d+k4l
    1e+1e+k4l 1e+1f+k4l 1e+1g+k4l 1e+1h+k4l 1e+1i+k4l 1e+1j+k4l 1e+1k+k4l 1e+1l+k4l 1f+1c+k4l
    1f+1d+k4l 2v+2p+30 ~mn0 ui uk ~5u x2n ~3r 86 9f ~o2 x0n xtj h7 xua ~fq8 2u+2u 2u+2x 2u+30
    2u+2u+2x 2u+2u+30 37+38 37+38 ~c 12s+12u 12s+12d 12s+12j 132+12u 12s+12l ~8 15u 15c 15f .1 15n
    .2 160 162 17 ~11 15c+15o 19t 19t 1a3 1a3 1a3 1a3 1a6 1a6 1a6 1a6 1a8 1a8 1a8 1a8 1a2 1a2 1a2
    1a2 1a7 1a7 1a7 1a7 1a1 1a1 1a1 1a1 1b8 1b8 1b8 1b8 1ba 1ba 1ba 1ba 1ac 1ac 1ac 1ac 1ab 1ab
    1ab 1ab 1ae 1ae 1ae 1ae .1 1af 1af 1af 1al 1al 1ak 1ak 1am 1am 1ag 1ag 1aw 1aw 1ap 1ap 1bd 1bd
    1bd 1bd 1bj 1bj 1bj 1bj 1bn 1bn 1bn 1bn 1bl 1bl 1bl 1bl 1bu 1bu .1 1bv 1bv 1bv 1cl+190 1cl+190
    1c1 1c1 1c1 1c1 1by 1by 1by 1by 1ci 1ci 1ci+190 1ci+190 ~x 1bh 1bh 1bh 1bh 1c7 1c7 1c6 1c6 1c8
    1c8 1c7+19w 1cb 1cb 1c5 1c5 1c9 1c9 1cg 1cg 1cg 1cg 18p 18p 18q+190+17r 18q+190+17r
    18q+190+1cl 18q+190+1cl 18q+190+18o 18q+190+18o 18q+190+1c7 18q+190+1c7 18q+190+1c6
    18q+190+1c6 18q+190+1c8 18q+190+1c8 18q+190+1cg 18q+190+1cg 18q+190+1cg 18q+190+18p
    18q+190+18p 18q+190+18p 1cc 1cc 1cc 1cc 18q+190+17w 18q+190+17x 18q+190+18l 18q+190+18p
    18q+190+18q 17s+17w 17s+17x 17s+17y 17s+18l 17s+18p 17s+18q 17u+17w 17u+17x 17u+17y 17u+18l
    17u+18p 17u+18q 17v+17w 17v+18l 17v+18p 17v+18q 17w+17x 17w+18l 17x+17w 17x+18l 17y+17w
    17y+17x 17y+18l 183+17w 183+17x 183+17y 183+18l 185+17x 185+18l 186+17w 186+17x 186+17y
    186+18l 187+17x 187+18l 188+18l 189+17w 189+18l 18a+17w 18a+18l 18h+17w 18h+17x 18h+17y
    18h+18l 18h+18p 18h+18q 18i+17x 18i+18l 18i+18p 18i+18q 18j+17r 18j+17w 18j+17x 18j+17y
    18j+18k 18j+18l 18j+18p 18j+18q 18k+17w 18k+17x 18k+17y 18k+18l 18k+18p 18k+18q 18l+17w
    18l+17x 18l+17y 18l+18l 18l+18p 18l+18q 18m+17w 18m+17x 18m+17y 18m+18l 18m+18p 18m+18q
    18n+17w 18n+18l 18n+18p 18n+18q 18q+17w 18q+17x 18q+17y 18q+18l 18q+18p 18q+18q 180+19s
    181+19s 18p+19s w+18s+18x w+18t+18x w+18u+18x w+18v+18x w+18w+18x w+18x+19s 18q+190+181
    18q+190+182 18q+190+18l 18q+190+18m 18q+190+18p 18q+190+18q 17s+181 17s+182 17s+18l 17s+18m
    17s+18p 17s+18q 17u+181 17u+182 17u+18l 17u+18m 17u+18p 17u+18q 17v+181 17v+182 17v+18l
    17v+18m 17v+18p 17v+18q 18h+18p 18h+18q 18i+18p 18i+18q 18j+17r 18j+18k 18j+18l 18j+18p
    18j+18q 18k+18l 18k+18p 18k+18q 18l+17r 18l+18l 18m+181 18m+182 18m+18l 18m+18m 18m+18p
    18m+18q 18p+19s 18q+181 18q+182 18q+18l 18q+18m 18q+18p 18q+18q 18q+190+17w 18q+190+17x
    18q+190+17y 18q+190+18l 18q+190+18n 17s+17w 17s+17x 17s+17y 17s+18l 17s+18n 17u+17w 17u+17x
    17u+17y 17u+18l 17u+18n 17v+18l 17w+17x 17w+18l 17x+17w 17x+18l 17y+17w 17y+18l 183+17w
    183+17x 183+17y 183+18l 185+17x 185+17y 185+18l 186+17w 186+17x 186+17y 186+18l 187+17x
    188+18l 189+17w 189+18l 18a+17w 18a+18l 18h+17w 18h+17x 18h+17y 18h+18l 18i+17x 18i+18l
    18j+17w 18j+17x 18j+17y 18j+18k 18j+18l 18k+17w 18k+17x 18k+17y 18k+18l 18k+18n 18l+17w
    18l+17x 18l+17y 18l+18l 18m+17w 18m+17x 18m+17y 18m+18l 18m+18n 18n+17w 18n+18l 18n+19s
    18q+17w 18q+17x 18q+17y 18q+18l 18q+18n 18q+190+18l 18q+190+18n 17s+18l 17s+18n 17u+18l
    17u+18n 17v+18l 17v+18n 183+18l 183+18n 184+18l 184+18n 18j+18k 18j+18l 18k+18l 18m+18l
    18m+18n 18q+18l 18q+18n 18g+18u+18x 18g+18v+18x 18g+18w+18x 187+18p 187+18q 189+18p 189+18q
    18a+18p 18a+18q 183+18p 183+18q 184+18p 184+18q 17x+18p 17x+18q 17w+18p 17w+18q 17y+18p
    17y+18q 185+18p 185+18q 186+18p 186+18q 184+17w 184+17x 184+17y 184+18l 184+181 183+181
    185+181 186+181 187+18p 187+18q 189+18p 189+18q 18a+18p 18a+18q 183+18p 183+18q 184+18p
    184+18q 17x+18p 17x+18q 17w+18p 17w+18q 17y+18p 17y+18q 185+18p 185+18q 186+18p 186+18q
    184+17w 184+17x 184+17y 184+18l 184+181 183+181 185+181 186+181 184+17w 184+17x 184+17y
    184+18l 183+18n 184+18n 187+18l 183+17w 183+17x 183+17y 184+17w 184+17x 184+17y 187+18l
    188+18l 17r+18r 17r+18r ~i 17u+17w+18l 17u+17x+17w 17u+17x+17w 17u+17x+18l 17u+17y+18l
    17u+18l+17w 17u+18l+17x 17u+18l+17y 17w+18l+17x 17w+18l+17x 17x+18l+18q 17x+18l+18p
    183+17x+17w 183+17w+17x 183+17w+18p 183+18l+17x 183+18l+17x 183+18l+17w 183+18l+18l
    183+18l+18l 185+17x+17x 185+17x+17x 185+18l+18l 184+17x+18l 184+17x+18l 184+17w+18q
    184+18l+17y 184+18l+17y 184+18l+18l 184+18l+18l 186+17x+18p 186+17y+18l 186+17y+18l
    187+18l+17x 187+18l+17x 187+18l+18l 187+18l+18q 189+17w+18l 189+18l+18l 189+18l+18l
    189+18l+18p 18a+18l+18l 18a+18l+18q 18a+18l+18p 18h+17y+18l 18h+17y+18l 18i+18l+17x
    18i+18l+18l 18k+17x+18l 18k+17x+18q 18k+17x+18p 18k+17w+17w 18k+17w+17w 18k+17y+18l
    18k+17y+18l 18k+18l+17x 18k+18l+17x 18l+17x+17w 18l+17x+18l 18l+17x+18q 18l+17w+17x
    18l+17w+18l 18l+17y+17w 18l+17y+18l ~2 18l+17w+17y 18n+18l+17w 18n+18l+18l 18m+17x+18l
    18m+17x+18p 18m+17w+18l 18m+17w+18l 18m+17w+18p 18m+18l+18q 18m+18l+18p 18q+18l+18l
    18q+18l+18l 17s+17y+18q 17u+17w+18q 17u+17w+18p 17u+17y+18q 17u+17y+18p 17u+18l+18q
    17u+18l+18p 17w+18l+18q 17w+17x+18p 17w+18l+18p 183+17y+18p 185+17x+18q 184+17x+18q
    186+17x+18q 18k+17w+18q 18k+18l+18q 18q+17x+18q 18q+17w+18q 18q+18l+18q 18l+18l+18q
    18i+18l+18q 18m+17x+18q 18i+18l+17x 18k+17x+18l 189+18l+18q 18j+18l+18q 18m+17w+17x
    18l+17y+18q 18k+17w+18l 18j+18l+18l 18k+17w+18l 18m+17w+17x 17w+17x+18q 17x+17w+18q
    18l+17w+18q 18h+18l+18q 17s+17x+18q 18j+18l+18l 189+17w+18l 185+18l+18l 183+17y+18q
    18m+17w+18q ~14 185+18k+1ci 18i+18k+1ci 17r+18k+18k+18n 17r+18j+17s+181 18l+17x+18l+17z
    185+18k+189+18l 181+183+18o+18k 189+18k+18q+18n 18o+183+18k+18l 185+18k+18p
    185+18k+18p+w+17r+18k+18k+18n+w+189+18k+18q+18n+w+18o+183+18k+18l
    17w+18k+w+17w+18k+17r+18k+18n 181+1cc+17r+18k ~j 18 9hd .1 1m .1 x 1r 9hy .1 1a+1a+1a ~m 1a+1a
    6c4 6c3 2n 2n 14 .1 3f 3h 9hw .1 9hs .1 9hm .1 9hk .1 9ho .3 ~2 2j 2l w+lh w+lh w+lh w+lh 2n
    2n 2n 18 9hd 1a ~1 1n 1m 1r x 6c4 14 .1 3f 3h 9hw .1 z 12 16 .1 19 1o 1q 1p ~1 2k 10 .1 1s ~4
    w+18r 18g+18r w+18s ~1 w+18t ~1 w+18u 18g+18u w+18v 18g+18v w+18w 18g+18w w+18x 18g+18x w+18y
    18g+18y 17l 17r+18z 17r+18z 17r+190 17r+190 18o+190 18o+190 17r+191 17r+191 18q+190 18q+190
    18q+190 18q+190 17r 17r .1 17s 17s 17s .1 17t .1 17u 17u 17u .1 17v 17v 17v .1 17w 17w 17w .1
    17x 17x 17x .1 17y 17y 17y .1 17z .1 180 .1 181 .1 182 .1 183 183 183 .1 184 184 184 .1 185
    185 185 .1 186 186 186 .1 187 187 187 .1 188 188 188 .1 189 189 189 .1 18a 18a 18a 18h 18h 18h
    18h .1 18i 18i 18i .1 18j 18j 18j .1 18k 18k 18k .1 18l 18l 18l .1 18m 18m 18m .1 18n 18n 18n
    .1 18o .1 18p .1 18q 18q 18q 18k+17r+18z 18k+17r+18z 18k+17r+190 18k+17r+190 18k+17r+191
    18k+17r+191 18k+17r 18k+17r ~4 x .2l 879 .1 9he 9ho .1 9hd 9ob 9o2 9lt 9lv 9lx 9lz 9m1 9nn 9np
    9nr 9mr 9oc 9lu 9lw 9ly 9m0 9m2 .1 9m5 9m7 9m9 9mb 9md 9mf 9mh 9mj 9ml 9mn 9mp 9ms 9mu 9mw 9my
    .5 9n6 9n9 9nc 9nf 9ni .4 9no 9nq 9ns .5 9nz 9o3 9ll .1 3fk 3cw .1 3hm 3cy 3ho .1 3cz .2 3hs
    .5 3dm 3d2 .2 3dt 3d5 .9 ~3 3fl .5 ~2 3fr .5 ~2 3fx .5 ~2 3g3 .2 ~3 4i .1 4s w+lg 4m 4l 6g9 ~1
    7b6 6mo .3 7fk 7gr ~15w1 1t .p 2p .p 1t .p 2p .6 ~1 2x .h 1t .p 2p .p 1t ~1 1v .1 ~2 1z ~2 22
    .1 ~2 26 .3 ~1 2b .7 2p .3 ~1 2u ~1 2w .6 ~1 34 .a 1t .p 2p .p 1t .1 ~1 1w .3 ~2 22 .7 ~1 2b
    .6 ~1 2p .p 1t .1 ~1 1w .3 ~1 21 .4 ~1 27 ~3 2b .6 ~1 2p .p 1t .p 2p .p 1t .p 2p .p 1t .p 2p
    .p 1t .p 2p .p 1t .p 2p .p 1t .p 2p .p 8h fr ~2 pd .g pk pv .6 6pz q9 .o 6pu qd qg qi qu qp qo
    pd .g pk pv .6 6pz q9 .o 6pu qd qg qi qu qp qo pd .g pk pv .6 6pz q9 .o 6pu qd qg qi qu qp qo
    pd .g pk pv .6 6pz q9 .o 6pu qd qg qi qu qp qo pd .g pk pv .6 6pz q9 .o 6pu qd qg qi qu qp qo
    rg .1 ~2 1c .9 1c .9 1c .9 1c .9 1c .9 ~4cg 17r .1 17w 17z ~1 18o 182 17x 187 18q 18j .3 183
    189 18h 185 18i 181 184 17u .1 17y 180 186 188 18a 19q 1bu 1b5 19r ~1 17s 17w ~1 18n ~2 17x ~1
    18q 18j .3 183 189 18h 185 18i ~1 184 17u .1 17y ~1 186 ~1 18a ~6 17w ~4 17x ~1 18q ~1 18k ~1
    18m 183 189 ~1 185 18i ~1 184 ~2 17y ~1 186 ~1 18a ~1 1bu ~1 19r ~1 17s 17w ~1 18n ~2 17x 187
    18q 18j ~1 18l .1 183 189 18h 185 18i ~1 184 17u .1 17y ~1 186 188 18a 19q ~1 1b5 ~1 17r .1
    17w 17z 18n .1 182 17x 187 18q ~1 18k .2 183 189 18h 185 18i 181 184 17u .1 17y 180 186 188
    18a ~5 17s 17w 17z ~1 18o 182 17x 187 18q ~1 18k .2 183 189 18h 185 18i 181 184 17u .1 17y 180
    186 188 18a ~g4 1c+1a 1c+18 1d+18 1e+18 1f+18 1g+18 1h+18 1i+18 1j+18 1k+18 1l+18 ~5 14+1t+15
    14+1u+15 14+1v+15 14+1w+15 14+1x+15 14+1y+15 14+1z+15 14+20+15 14+21+15 14+22+15 14+23+15
    14+24+15 14+25+15 14+26+15 14+27+15 14+28+15 14+29+15 14+2a+15 14+2b+15 14+2c+15 14+2d+15
    14+2e+15 14+2f+15 14+2g+15 14+2h+15 14+2i+15 9hw+2b+9hx 1v 2a 1v+1w 2f+2i ~1 1t .p 20+2e 25+2e
    2b+1w 2b+2b 28+28+2e 2f+1v ~q 25+1v 25+1w ~10 1w+22 ~33 9kr+9jf 9mb+9mb 9md ~d jez i1j gjw
    9mu+9ll fik hlm r8j hm1 fj8 k68 mch k2h g99 ivg g3x k34 g7x oqq n4v rs9 hkg gmx lxw jh1 jmd
    feo fex si2 ijq ffx gkz jk7 rxs jf7 o01 o6y glk lts kcp kco n5f gaa gxi sp9 ~4 9hw+kdo+9hx
    9hw+fex+9hx 9hw+fik+9hx 9hw+i2x+9hx 9hw+m9l+9hx 9hw+jf7+9hx 9hw+nh3+9hx 9hw+gd9+9hx
    9hw+k0n+9hx ~7 ivr gkv
    """
}
