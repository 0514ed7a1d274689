import { describe, expect, it } from 'vitest';
import type { MapEvaluation } from '../../../src/accuracy';
import { casePath, casesMissing, crop2seg, WINDOW } from './support';

function score(labels: string): MapEvaluation {
  return crop2seg(['evaluate', '--map', WINDOW, '--labels', casePath(labels)]) as MapEvaluation;
}

describe.skipIf(casesMissing())('recorded faults: rasters', () => {
  it.each(['labels-nodata0', 'labels-mask', 'labels-nodata99'])('does not score what %s calls no data', (name) => {
    expect(score(`labels-nodata/${name}.tif`).all).toMatchObject({ pixels: 2048, overallAccuracy: 1 });
  });

  it('reads PackBits', () => {
    expect(score('packbits/labels-packbits.tif').all.overallAccuracy).toBe(1);
  });

  it.each(['like-float', 'like-shift', 'like-25833'])('takes the grid of %s', (name) => {
    const like = casePath(`like-rounding/${name}.tif`);
    const catalog = casePath('split-datastrip');
    const { chosen } = crop2seg(['search', '--catalog', catalog, '--like', like, '--season', '2019']) as {
      chosen: unknown[];
    };
    expect(chosen.length).toBeGreaterThan(0);
  });
});
