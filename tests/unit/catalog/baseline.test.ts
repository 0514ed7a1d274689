import { describe, expect, it } from 'vitest';
import type { Scene } from '../../../src/catalog';
import { parseBaseline } from '../../../src/catalog/baseline';
import { parseItem } from '../../../src/catalog/item';
import { itemOf } from './scenes';

/** The scene of an item with these properties and this id. */
function sceneWith(properties: Record<string, unknown>, id = 'a'): Scene {
  const parsed = parseItem(itemOf(id, '2023-04-02T10:10:20Z', properties), 'https://x.test/items.json');
  return 'scene' in parsed ? parsed.scene : expect.fail(parsed.problem);
}

describe('a processing baseline', () => {
  it.each([
    ['05.09', '05.09'],
    ['5.9', '05.09'],
    ['5.09', '05.09'],
    [5.09, '05.09'],
    [5.1, '05.10'],
    ['5.1', '05.10'],
    [509, '05.09'],
    ['N0509', '05.09'],
    ['n05.09', '05.09'],
    ['0509', '05.09'],
    ['509', '05.09'],
    ['05.09.00', '05.09'],
    ['PB 05.10', '05.10'],
    [' 05.11 ', '05.11'],
    ['4', '04.00'],
    [4, '04.00'],
    ['4.0', '04.00'],
    ['N0400', '04.00'],
    ['02.14', '02.14'],
    ['2.5', '02.05'],
    ['N0301', '03.01'],
  ])('%j is %s', (value, expected) => {
    expect(parseBaseline(value)).toBe(expected);
  });

  it.each([
    '',
    'unknown',
    '99.99',
    'N9999',
    '00.01',
    'N0001',
    '05.50',
    '6.0',
    '2.11.3',
    '1.0',
    '20230402',
    '5.9b',
    -5.09,
  ])('%j is none that ESA has used', (value) => {
    expect(parseBaseline(value)).toBeNull();
  });

  it.each([
    [{ 's2:processing_baseline': 'N0509' }],
    [{ 's2:processing_baseline': 5.09 }],
    [{ 'processing:version': '05.09' }],
    [{ 's2:product_uri': 'S2A_MSIL2A_20230402T101021_N0509_R022_T33UVR_20230402T152034.SAFE' }],
    [{ 's2:datatake_id': 'GS2A_20230402T101021_040631_N05.09' }],
    [{ 's2:processing_baseline': 'unknown', 'eopf:datatake_id': 'GS2A_20230402T101021_040631_N05.09' }],
    [{ 's2:processing_baseline': '05.09', 'processing:version': '1.4.2' }],
  ])('is found in %j', (properties) => {
    expect(sceneWith(properties).processingBaseline).toBe('05.09');
  });

  it('is found in the id', () => {
    const id = 'S2A_MSIL2A_20230402T101021_N0509_R022_T33UVR_20230402T152034';
    expect(sceneWith({}, id)).toMatchObject({ processingBaseline: '05.09', datatake: '2023-04-02T10:10:21.000Z' });
  });

  it.each([
    [{ 's2:processing_baseline': '03.01', 's2:product_uri': 'S2A_MSIL2A_20230402T101021_N0400_R022_T33UVR_x' }, 2],
    [{ 's2:processing_baseline': '99.99', 's2:product_uri': 'S2A_MSIL2A_20230402T101021_N0400_R022_T33UVR_x' }, 2],
    [{ 's2:processing_baseline': '02.14', 'processing:version': '05.00' }, 2],
  ])('is not known where an item contradicts itself: %j', (properties, claims) => {
    const scene = sceneWith(properties);
    expect(scene.processingBaseline).toBeNull();
    expect(scene.contradictingBaselines).toHaveLength(claims);
  });

  it('is the first of several that mean the same offset', () => {
    const scene = sceneWith({ 's2:processing_baseline': '05.10', 'processing:version': '05.09' });
    expect(scene).toMatchObject({ processingBaseline: '05.10' });
    expect(scene).not.toHaveProperty('contradictingBaselines');
  });
});
