/*
 * Inflate (RFC 1950 and 1951) of one whole stream in memory, made for tiles of 16-bit pixels: nearly every symbol there
 * is a literal, so the table gives two of them per look-up where both fit into its index.
 *
 * The input must be followed by INPUT_SLACK bytes and the output by OUTPUT_SLACK bytes: reads and writes may run over
 * by as much before it is noticed.
 */
#include "kernels.h"

enum {
  MAX_CODE_BITS = 15,
  LENGTH_SYMBOLS = 288,
  DISTANCE_SYMBOLS = 32,
  LENGTH_ROOT = 12,
  DISTANCE_ROOT = 9,
  META_ROOT = 7,
  /* At worst every symbol has a subtable of its own. */
  LENGTH_TABLE = (1 << LENGTH_ROOT) + LENGTH_SYMBOLS * (1 << (MAX_CODE_BITS - LENGTH_ROOT)),
  DISTANCE_TABLE = (1 << DISTANCE_ROOT) + DISTANCE_SYMBOLS * (1 << (MAX_CODE_BITS - DISTANCE_ROOT)),
};

/*
 * A table entry. Bits 0-7: bits of the code; 8-9: how many literals (0 where it is none); 10-11: what it is otherwise;
 * 12-15: extra bits, or index bits of the subtable; 16-31: the literals, the base value, or the subtable's place.
 */
typedef u32 entry;
#define BITS(e) ((e) & 255u)
#define LITERALS(e) (((e) >> 8) & 3u)
#define KIND(e) ((e) & 0xc00u)
#define EXTRA(e) (((e) >> 12) & 15u)
#define VALUE(e) ((e) >> 16)
enum { BASE = 0x000, END = 0x400, SUBTABLE = 0x800, INVALID = 0xc00, ONE_LITERAL = 0x100, TWO_LITERALS = 0x200 };

static const u16 LENGTH_BASES[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                   31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const u8 LENGTH_EXTRA[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const u16 DISTANCE_BASES[] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                     193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
static const u8 META_ORDER[] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

static entry length_table[LENGTH_TABLE];
static entry distance_table[DISTANCE_TABLE];
static u8 code_lengths[LENGTH_SYMBOLS + DISTANCE_SYMBOLS];

/* Bits not yet used, the next one lowest. `next` may run past `end`, where zeros are read. */
typedef struct {
  const u8 *next;
  const u8 *end;
  u64 bits;
  u32 count;
} reader;

/* Afterwards at least 56 bits are there. */
static inline void refill(reader *in) {
  in->bits |= load64(in->next) << in->count;
  in->next += (63 - in->count) >> 3;
  in->count |= 56;
}

static inline u32 take(reader *in, u32 count) {
  u32 value = (u32)in->bits & ((1u << count) - 1);
  in->bits >>= count;
  in->count -= count;
  return value;
}

/* Whether more was used than there is. */
static inline int overrun(const reader *in) {
  return in->next > in->end && (u32)(in->next - in->end) * 8 > in->count;
}

typedef entry (*meaning)(u32 symbol);

static entry length_meaning(u32 symbol) {
  if (symbol < 256) return ONE_LITERAL | symbol << 16;
  if (symbol == 256) return END;
  if (symbol > 285) return INVALID;
  return BASE | (u32)LENGTH_EXTRA[symbol - 257] << 12 | (u32)LENGTH_BASES[symbol - 257] << 16;
}

static entry distance_meaning(u32 symbol) {
  if (symbol > 29) return INVALID;
  return BASE | (symbol < 4 ? 0 : (symbol >> 1) - 1) << 12 | (u32)DISTANCE_BASES[symbol] << 16;
}

static entry meta_meaning(u32 symbol) { return symbol << 16; }

static u32 reversed(u32 code, u32 bits) {
  u32 result = 0;
  for (u32 bit = 0; bit < bits; bit++) result |= ((code >> bit) & 1) << (bits - 1 - bit);
  return result;
}

/*
 * Fills a table from the code lengths of `count` symbols. As in zlib a set of codes must be complete; the one exception
 * is a single code of one bit, and for `meta` not even that.
 */
static int build(entry *table, u32 root, const u8 *lengths, u32 count, meaning of, int meta) {
  u32 per_length[MAX_CODE_BITS + 1] = {0};
  u32 next_code[MAX_CODE_BITS + 2];
  for (u32 symbol = 0; symbol < count; symbol++) per_length[lengths[symbol]]++;
  int left = 1;
  u32 longest = 0;
  next_code[1] = 0;
  for (u32 bits = 1; bits <= MAX_CODE_BITS; bits++) {
    left = left * 2 - (int)per_length[bits];
    if (left < 0) return 0;
    if (per_length[bits] > 0) longest = bits;
    next_code[bits + 1] = (next_code[bits] + per_length[bits]) << 1;
  }
  if (left > 0 && longest != 0 && (meta || longest != 1)) return 0;
  if (longest == 0 && meta) return 0;
  if (left > 0) {
    for (u32 index = 0; index < 1u << root; index++) table[index] = INVALID | 1;
  }
  u32 size = 1u << root;
  u32 sub_bits = longest > root ? longest - root : 0;
  for (u32 index = 0; sub_bits > 0 && index < 1u << root; index++) table[index] = 0;
  for (u32 symbol = 0; symbol < count; symbol++) {
    u32 bits = lengths[symbol];
    if (bits == 0) continue;
    u32 code = reversed(next_code[bits]++, bits);
    entry value = of(symbol) | bits;
    if (bits <= root) {
      for (u32 index = code; index < 1u << root; index += 1u << bits) table[index] = value;
      continue;
    }
    u32 low = code & ((1u << root) - 1);
    if (table[low] == 0) {
      table[low] = SUBTABLE | root | sub_bits << 12 | size << 16;
      size += 1u << sub_bits;
    }
    entry *sub = table + VALUE(table[low]);
    for (u32 index = code >> root; index < 1u << sub_bits; index += 1u << (bits - root)) sub[index] = value - root;
  }
  return 1;
}

/* Makes one entry of two literals whose codes fit into the index together. Downwards, so that what is read is single. */
static void pair_literals(entry *table) {
  for (u32 index = (1u << LENGTH_ROOT); index-- > 0;) {
    entry first = table[index];
    if (LITERALS(first) != 1) continue;
    entry second = table[index >> BITS(first)];
    if (LITERALS(second) != 1 || BITS(first) + BITS(second) > LENGTH_ROOT) continue;
    table[index] = (BITS(first) + BITS(second)) | TWO_LITERALS | (first & 0xff0000u) | (VALUE(second) & 255u) << 24;
  }
}

static int fixed_tables(void) {
  for (u32 symbol = 0; symbol < LENGTH_SYMBOLS; symbol++) {
    code_lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
  }
  for (u32 symbol = 0; symbol < DISTANCE_SYMBOLS; symbol++) code_lengths[LENGTH_SYMBOLS + symbol] = 5;
  return build(length_table, LENGTH_ROOT, code_lengths, LENGTH_SYMBOLS, length_meaning, 0) &&
         build(distance_table, DISTANCE_ROOT, code_lengths + LENGTH_SYMBOLS, DISTANCE_SYMBOLS, distance_meaning, 0);
}

static int dynamic_tables(reader *in) {
  refill(in);
  u32 lengths = take(in, 5) + 257;
  u32 distances = take(in, 5) + 1;
  u32 metas = take(in, 4) + 4;
  if (lengths > 286 || distances > 30) return 0;
  u8 meta_lengths[19] = {0};
  for (u32 index = 0; index < metas; index++) {
    refill(in);
    meta_lengths[META_ORDER[index]] = (u8)take(in, 3);
  }
  /* The distance table is free until its own codes are known. */
  if (!build(distance_table, META_ROOT, meta_lengths, 19, meta_meaning, 1)) return 0;
  u32 total = lengths + distances;
  for (u32 at = 0; at < total;) {
    refill(in);
    if (overrun(in)) return 0;
    entry found = distance_table[in->bits & ((1u << META_ROOT) - 1)];
    take(in, BITS(found));
    u32 symbol = VALUE(found);
    if (symbol < 16) {
      code_lengths[at++] = (u8)symbol;
      continue;
    }
    if (symbol == 16 && at == 0) return 0;
    u8 value = symbol == 16 ? code_lengths[at - 1] : 0;
    u32 repeat = symbol == 16 ? 3 + take(in, 2) : symbol == 17 ? 3 + take(in, 3) : 11 + take(in, 7);
    if (at + repeat > total) return 0;
    while (repeat-- > 0) code_lengths[at++] = value;
  }
  if (code_lengths[256] == 0) return 0;
  return build(length_table, LENGTH_ROOT, code_lengths, lengths, length_meaning, 0) &&
         build(distance_table, DISTANCE_ROOT, code_lengths + lengths, distances, distance_meaning, 0);
}

/* Writes whole words, so up to 7 bytes too many. */
static inline u8 *copy_match(u8 *out, u32 distance, u32 length) {
  const u8 *from = out - distance;
  u8 *end = out + length;
  if (distance >= 8) {
    do {
      store64(out, load64(from));
      out += 8;
      from += 8;
    } while (out < end);
  } else if (distance == 1) {
    u64 pattern = *from * 0x0101010101010101ull;
    do {
      store64(out, pattern);
      out += 8;
    } while (out < end);
  } else {
    do *out++ = *from++;
    while (out < end);
  }
  return end;
}

static inline u8 *put_literals(reader *in, u8 *out, entry found) {
  store16(out, (u16)VALUE(found));
  in->bits >>= BITS(found);
  in->count -= BITS(found);
  return out + LITERALS(found);
}

/* One block of Huffman codes; the new end of the output, or 0 where the block is damaged or too long. */
static u8 *coded_block(reader *shared, u8 *start, u8 *out, u8 *out_end) {
  const u32 mask = (1u << LENGTH_ROOT) - 1;
  reader in = *shared;
  for (;;) {
    if (out > out_end || in.next > in.end + 8) break;
    refill(&in);
    entry found = length_table[in.bits & mask];
    if (LITERALS(found)) {
      /* Four indices of 12 bits are in the 56 bits that a refill gives. */
      out = put_literals(&in, out, found);
      found = length_table[in.bits & mask];
      if (LITERALS(found)) {
        out = put_literals(&in, out, found);
        found = length_table[in.bits & mask];
        if (LITERALS(found)) {
          out = put_literals(&in, out, found);
          found = length_table[in.bits & mask];
          if (LITERALS(found)) {
            out = put_literals(&in, out, found);
            continue;
          }
        }
      }
      refill(&in);
    }
    if (KIND(found) == SUBTABLE) {
      take(&in, LENGTH_ROOT);
      found = length_table[VALUE(found) + (in.bits & ((1u << EXTRA(found)) - 1))];
      if (LITERALS(found)) {
        out = put_literals(&in, out, found);
        continue;
      }
    }
    take(&in, BITS(found));
    if (KIND(found) == END) {
      *shared = in;
      return out;
    }
    if (KIND(found) != BASE) break;
    u32 length = VALUE(found) + take(&in, EXTRA(found));
    found = distance_table[in.bits & ((1u << DISTANCE_ROOT) - 1)];
    if (KIND(found) == SUBTABLE) {
      take(&in, DISTANCE_ROOT);
      found = distance_table[VALUE(found) + (in.bits & ((1u << EXTRA(found)) - 1))];
    }
    if (KIND(found) != BASE) break;
    take(&in, BITS(found));
    u32 distance = VALUE(found) + take(&in, EXTRA(found));
    if (distance > (u32)(out - start)) break;
    out = copy_match(out, distance, length);
  }
  *shared = in;
  return out > out_end ? out : 0;
}

static u8 *stored_block(reader *in, u8 *out, u8 *out_end) {
  /* Whole bytes that were read ahead are given back. */
  take(in, in->count & 7);
  in->next -= in->count >> 3;
  in->bits = 0;
  in->count = 0;
  if (in->next + 4 > in->end) return 0;
  u32 length = in->next[0] | in->next[1] << 8;
  u32 check = in->next[2] | in->next[3] << 8;
  in->next += 4;
  if ((length ^ check) != 0xffff || length > (u32)(in->end - in->next)) return 0;
  if (length > (u32)(out_end - out)) return out_end + 1;
  for (u32 at = 0; at < length; at++) out[at] = in->next[at];
  in->next += length;
  return out + length;
}

/*
 * Inflates the zlib stream of `length` bytes at `from` to `to`, where `expected` bytes are wanted. Gives the number of
 * bytes that came out, `expected` + 1 where there would be more, -1 where the stream is damaged or cut off.
 */
EXPORT("inflate") i32 inflate(const u8 *from, u32 length, u8 *to, u32 expected) {
  if (length < 6) return -1;
  if ((from[0] & 15) != 8 || from[0] >> 4 > 7 || (from[0] * 256 + from[1]) % 31 != 0 || from[1] & 32) return -1;
  reader in = {from + 2, from + length, 0, 0};
  u8 *out = to;
  u8 *out_end = to + expected;
  u32 last;
  do {
    refill(&in);
    if (overrun(&in)) return -1;
    last = take(&in, 1);
    u32 kind = take(&in, 2);
    if (kind == 3) return -1;
    if (kind == 1 && !fixed_tables()) return -1;
    if (kind == 2 && !dynamic_tables(&in)) return -1;
    if (kind != 0) pair_literals(length_table);
    out = kind == 0 ? stored_block(&in, out, out_end) : coded_block(&in, to, out, out_end);
    if (out == 0) return -1;
    if (out > out_end) return overrun(&in) ? -1 : (i32)expected + 1;
  } while (!last);
  if (overrun(&in)) return -1;
  take(&in, in.count & 7);
  const u8 *trailer = in.next - (in.count >> 3);
  if (trailer + 4 > in.end) return -1;
  u32 stored = (u32)trailer[0] << 24 | (u32)trailer[1] << 16 | (u32)trailer[2] << 8 | trailer[3];
  return adler32(to, (u32)(out - to)) == stored ? (i32)(out - to) : -1;
}
