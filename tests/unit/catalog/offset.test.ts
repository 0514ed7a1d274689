import { describe, expect, it } from 'vitest';
import { decideOffset, harmonise, type Scene } from '../../../src/catalog';
import { isAbort } from '../../../src/errors';
import { sceneOn } from './scenes';

const { signal } = new AbortController();

/** Decides with a sniff that finds `darkest`, and says how often it was asked. */
async function decide(changes: Partial<Scene>, darkest: number | null = null, date = '2023-06-06') {
  let asked = 0;
  const sniff = async () => {
    asked += 1;
    return darkest;
  };
  const decision = await decideOffset(sceneOn(date, changes), sniff, { signal });
  return { ...decision, asked };
}

describe('the radiometric offset', () => {
  it('is out where the flag says so, whatever else is said', async () => {
    expect(await decide({ boaOffsetApplied: true, processingBaseline: '05.09' })).toMatchObject({
      addDn: 0,
      rule: 'flag',
      asked: 0,
    });
  });

  it('is not there in baselines before 04.00, whatever the flag says', async () => {
    const expected = { addDn: 0, rule: 'baseline', asked: 0 };
    expect(await decide({ boaOffsetApplied: false, processingBaseline: '02.14' })).toMatchObject(expected);
    expect(await decide({ processingBaseline: '03.01' })).toMatchObject(expected);
  });

  it('is in the pixels of collection 1, and of baseline 04.00 and later without a flag', async () => {
    const collection = await decide(
      { collection: 'sentinel-2-c1-l2a', processingBaseline: '05.00' },
      null,
      '2019-06-06',
    );
    expect(collection).toMatchObject({ addDn: -1000, rule: 'collection', asked: 0 });
    expect(await decide({ processingBaseline: '04.00' })).toMatchObject({ addDn: -1000, rule: 'baseline', asked: 0 });
  });

  it.each([
    [1050, -1000],
    [950, -1000],
    [949, 0],
    [120, 0],
  ])('is asked of the pixels where the flag may be wrong: darkest DN %d gives %d', async (darkest, addDn) => {
    const decision = await decide({ boaOffsetApplied: false, processingBaseline: '05.11' }, darkest);
    expect(decision).toMatchObject({ addDn, rule: 'dark-pixels', asked: 1 });
    expect(decision.reason).toContain(`DN ${darkest}`);
  });

  it('is assumed by flag or date where the pixels cannot tell', async () => {
    const flagged = { boaOffsetApplied: false, processingBaseline: '05.11' };
    expect(await decide(flagged)).toMatchObject({ addDn: -1000, rule: 'assumed', asked: 1 });
    const unknown = { boaOffsetApplied: null, processingBaseline: null };
    expect(await decide(unknown, null, '2022-01-24')).toMatchObject({ addDn: 0, rule: 'assumed', asked: 1 });
    expect(await decide(unknown, null, '2022-01-25')).toMatchObject({ addDn: -1000, rule: 'assumed', asked: 1 });
    expect(await decide(unknown, 1200, '2019-01-25')).toMatchObject({ addDn: -1000, rule: 'dark-pixels' });
  });

  it('is asked of the pixels where the baseline is not known, and where the item contradicts itself', async () => {
    const unknown = { boaOffsetApplied: null, processingBaseline: null };
    expect(await decide(unknown, 300)).toMatchObject({ addDn: 0, rule: 'dark-pixels', asked: 1 });
    expect(await decide(unknown, 1300, '2019-06-06')).toMatchObject({ addDn: -1000, rule: 'dark-pixels', asked: 1 });
    const doubtful = await decide({ ...unknown, contradictingBaselines: ['03.01', 'N0400'] }, 1300);
    expect(doubtful).toMatchObject({ addDn: -1000, rule: 'dark-pixels' });
    expect(doubtful.reason).toContain('two processing baselines (03.01, N0400)');
  });

  it('is asked of the pixels where the files declare none although the baseline has one', async () => {
    const copy = { processingBaseline: '05.09', declaredOffsetDn: 0 };
    expect(await decide(copy, 120)).toMatchObject({ addDn: 0, rule: 'dark-pixels', asked: 1 });
    expect(await decide(copy, 1120)).toMatchObject({ addDn: -1000, rule: 'dark-pixels', asked: 1 });
    expect(await decide({ ...copy, declaredOffsetDn: -1000 })).toMatchObject({
      addDn: -1000,
      rule: 'baseline',
      asked: 0,
    });
    // Earth Search declares it even where it has taken the offset out.
    const flagged = { ...copy, declaredOffsetDn: -1000, boaOffsetApplied: true };
    expect(await decide(flagged)).toMatchObject({ addDn: 0, rule: 'flag', asked: 0 });
  });

  it('is assumed by what the files declare, then by when the product was made, where nothing else tells', async () => {
    const unknown = { boaOffsetApplied: null, processingBaseline: null };
    expect(await decide({ ...unknown, declaredOffsetDn: 0 })).toMatchObject({ addDn: 0, rule: 'assumed' });
    expect(await decide({ ...unknown, declaredOffsetDn: -1000 }, null, '2019-06-06')).toMatchObject({ addDn: -1000 });
    const made = (madeAt: string) => decide({ ...unknown, madeAt }, null, '2019-06-06');
    expect(await made('2020-09-16T00:00:00.000Z')).toMatchObject({ addDn: 0, rule: 'assumed' });
    expect(await made('2023-09-16T00:00:00.000Z')).toMatchObject({ addDn: -1000, rule: 'assumed' });
  });

  it('is what a person says', async () => {
    const decision = await decideOffset(sceneOn('2023-06-06', { boaOffsetApplied: true }), () => expect.fail(), {
      signal,
      override: -1000,
    });
    expect(decision).toMatchObject({ addDn: -1000, rule: 'user' });
  });

  it('hands its signal to the sniff and stops when cancelled', async () => {
    const controller = new AbortController();
    const work = decideOffset(
      sceneOn('2023-06-06', { boaOffsetApplied: false, processingBaseline: '05.11' }),
      async (inner) => {
        expect(inner).toBe(controller.signal);
        controller.abort();
        return 100;
      },
      { signal: controller.signal },
    );
    expect(isAbort(await work.catch((error: unknown) => error))).toBe(true);
  });
});

describe('harmonising', () => {
  it('keeps no data, moves the rest, and never makes data into no data', () => {
    const dn = Uint16Array.from([0, 1, 999, 1000, 1001, 1002, 11_000, 65_535]);
    harmonise(dn, -1000);
    expect([...dn]).toEqual([0, 1, 1, 1, 1, 2, 10_000, 64_535]);
  });

  it('leaves pixels alone where there is nothing to add', () => {
    const dn = Uint16Array.from([0, 1, 65_535]);
    harmonise(dn, 0);
    expect([...dn]).toEqual([0, 1, 65_535]);
  });
});
