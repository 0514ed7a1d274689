import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packParts, unpackParts } from '../../../src/store';
import { checksum } from '../../../src/store/checksum';
import { decodeHead, decodeRecord, encodeRecord } from '../../../src/store/record';
import { PROPERTY_RUNS } from '../../support/property-runs';

type Bytes = Uint8Array<ArrayBuffer>;

const KINDS = ['headers', 'tiles', 'dates', 'searches', 'models'] as const;
const aKey = fc.string({ unit: 'binary', maxLength: 60 });
const aKind = fc.constantFrom(...KINDS);
const somePayload = fc.uint8Array({ maxLength: 400 });
const options = { numRuns: PROPERTY_RUNS, seed: 20181102 };

const own = (bytes: Uint8Array): Bytes => Uint8Array.from(bytes);

describe('a record', () => {
  it('comes back as it was written, its payload aligned for wider numbers', () => {
    fc.assert(
      fc.property(aKey, aKind, fc.nat(), somePayload, (key, kind, stored, payload) => {
        const record = encodeRecord({ key, kind, stored }, payload);
        const decoded = decodeRecord(record, key)!;
        expect(decoded).toMatchObject({ key, kind, stored });
        expect(own(decoded.payload)).toEqual(own(payload));
        expect(decoded.payload.byteOffset % 8).toBe(0);
        expect(decodeHead(record)).toMatchObject({ key, kind, stored, bytes: record.length });
      }),
      options,
    );
  });

  it('with a changed byte is no record', () => {
    fc.assert(
      fc.property(aKey, somePayload, fc.nat(), fc.integer({ min: 1, max: 255 }), (key, payload, place, change) => {
        const record = encodeRecord({ key, kind: 'tiles', stored: 7 }, payload);
        record[place % record.length]! ^= change;
        expect(decodeRecord(record, key)).toBeNull();
      }),
      options,
    );
  });

  it('cut short or overgrown is no record', () => {
    fc.assert(
      fc.property(
        aKey,
        somePayload,
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        (key, payload, cut, more) => {
          const record = encodeRecord({ key, kind: 'dates', stored: 7 }, payload);
          expect(decodeRecord(record.slice(0, cut % record.length), key)).toBeNull();
          expect(decodeRecord(Uint8Array.from([...record, ...more]), key)).toBeNull();
        },
      ),
      options,
    );
  });

  it('of another key is no record, however it came to lie there', () => {
    const record = encodeRecord({ key: 'range|a|1-2', kind: 'tiles', stored: 7 }, new Uint8Array([1]));
    expect(decodeRecord(record, 'range|b|1-2')).toBeNull();
  });

  it('is never seen in random bytes, nor are they the end of the program', () => {
    const lengths = fc.constantFrom<number>(0, 1, 0xffff_ffff, 0x7fff_ffff, 40);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), lengths, lengths, (bytes, keyBytes, payloadBytes) => {
        expect(decodeRecord(own(bytes), 'key')).toBeNull();
        expect(unpackParts(own(bytes))).toSatisfy((found) => found === null || typeof found === 'object');
        // Behind a good beginning, too: lengths that no file has must not be believed.
        const head = encodeRecord({ key: 'key', kind: 'tiles', stored: 1 }, own(bytes));
        const view = new DataView(head.buffer);
        view.setUint32(8, keyBytes, true);
        view.setUint32(12, payloadBytes, true);
        const found = decodeRecord(head, 'key');
        expect(found === null || (keyBytes === 3 && payloadBytes === bytes.length)).toBe(true);
      }),
      options,
    );
  });
});

describe('the checksum', () => {
  // Values of the reference implementation (xxHash's own sanity table and the documentation of python-xxhash).
  it.each([
    ['', 0, 0x02cc5d05],
    ['', 0x9e3779b1, 0x36b78ae7],
    ['a', 0, 0x550d7456],
    ['abc', 0, 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0, 0xe2293b2f],
  ])('of "%s" with seed %i is the reference one', (text, seed, expected) => {
    expect(checksum(new TextEncoder().encode(text), seed)).toBe(expected);
  });

  it('does not depend on where in memory the bytes lie', () => {
    const bytes = Uint8Array.from({ length: 67 }, (_, at) => (at * 31) & 255);
    const shifted = new Uint8Array(70);
    shifted.set(bytes, 3);
    expect(checksum(shifted.subarray(3))).toBe(checksum(bytes));
  });
});

describe('packed parts', () => {
  it('come back, the arrays aligned', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(somePayload, { maxLength: 4 }), (about, parts) => {
        const unpacked = unpackParts(packParts(about, parts))!;
        expect(unpacked.about).toEqual(JSON.parse(JSON.stringify(about)));
        expect(unpacked.parts.map(own)).toEqual(parts.map(own));
        for (const part of unpacked.parts) expect(part.byteOffset % 8).toBe(0);
      }),
      options,
    );
  });
});
