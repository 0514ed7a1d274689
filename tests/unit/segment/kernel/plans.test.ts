import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileKernels, NETWORK_KERNELS } from '../../../../scripts/build-kernels.mjs';
import { createKernelLane } from '../../../../src/segment';
import { parseOnnx } from '../../../../src/segment/kernel/onnx';
import { createPictureRunner } from '../../../../src/segment/kernel/picture-runner';
import { planPictures } from '../../../../src/segment/kernel/plan-pictures';
import { planStages } from '../../../../src/segment/kernel/plans';
import { writeGraph } from '../support/onnx-graph';
import { convolution, groupNorm } from './graphs';
import { BINARIES, draw, furthest, openBinary, runReference } from './support';

const { signal } = new AbortController();
const ZOO = join(import.meta.dirname, '../../../../models/zoo/timeunet');
/** Of a Time-Unet that does not mask, as the exporter wrote it. */
const encoder = readFileSync(join(import.meta.dirname, 'fixtures/encoder.onnx'));
const decoder = readFileSync(join(ZOO, 'decoder.fp32.onnx'));
const replaced = (from: string, to: string): Buffer<ArrayBuffer> =>
  Buffer.from(encoder.toString('latin1').replace(from, to), 'latin1');

/** Two compilations on a busy machine. */
const COMPILING_MS = 60_000;

const compilerIsMissing = spawnSync(NETWORK_KERNELS[0]!.compiler, ['--version']).status !== 0;
if (compilerIsMissing) {
  console.warn(`SKIPPED: the comparison of the networks' kernels needs ${NETWORK_KERNELS[0]!.compiler}.`);
}

describe('a graph of the exporter', () => {
  it('is taken step by step', () => {
    const { steps, inputs, outputs, rest } = planPictures(encoder)!;
    expect(rest).toBeNull();
    expect(inputs).toEqual([{ name: 'pixels', picture: 'pixels', layout: 'planes' }]);
    expect(outputs).toMatchObject([{ name: 'features', layout: 'pixels' }]);
    expect(steps).toMatchObject([
      { movement: 'same', bands: 10, channels: 64, norm: { groups: 4 } },
      { movement: 'same', bands: 64, channels: 64, norm: { groups: 4 } },
    ]);
    expect(planPictures(decoder)).toMatchObject({ rest: null, inputs: [{ layout: 'pixels' }] });
  });

  it('leaves nothing of the zoo to the runtime', () => {
    const [masking, attention] = ['encoder', 'attention'].map((name) => readFileSync(join(ZOO, `${name}.fp32.onnx`)));
    const plans = planStages({ encoder: masking!, attention: attention!, decoder })!;
    expect(plans).toMatchObject({ encoder: { rest: null }, decoder: { rest: null }, ownMaps: false });
    expect(plans.attention).not.toBeNull();
  });

  it('of another make is left to the runtime', async () => {
    expect(planPictures(replaced('reflect', 'edge...'))).toBeNull();
    expect(planPictures(encoder.subarray(0, 1000))).toBeNull();
    expect(planPictures(Uint8Array.of(1, 2, 3))).toBeNull();
    expect(await createKernelLane().open({ encoder: replaced('reflect', 'edge...') }, signal)).toBe(false);
  });

  it('is cut where an operator is unknown, in front of the norm that it spoils', () => {
    const { steps, rest } = planPictures(replaced('Relu', 'Tanh'))!;
    expect(steps).toMatchObject([{ movement: 'same', norm: null, relu: false }]);
    expect(parseOnnx(rest!).nodes[0]!.kind).toBe('Reshape');
  });
});

describe('what is left of a graph', () => {
  /** Squeeze and excitation, which the kernels have not, behind two layers; the second map is needed twice. */
  function squeezed(): Uint8Array<ArrayBuffer> {
    const graph = writeGraph();
    const pixels = graph.input('pixels', [1, 10, 'rows', 'columns']);
    const first = groupNorm(graph, convolution(graph, pixels, { bands: 10, channels: 12, side: 3, seed: 1 }), 12, 4, 2);
    const second = convolution(graph, first, { bands: 12, channels: 12, side: 3, seed: 4 });
    const mean = graph.op('ReduceMean', [second], { axes: [2, 3], keepdims: 1 });
    const factors = graph.op('Sigmoid', [convolution(graph, mean, { bands: 12, channels: 12, side: 1, seed: 6 })]);
    graph.op('Add', [graph.op('Mul', [second, factors]), first], {}, 'skip0');
    return graph.model('skip0');
  }

  it('is a model of its own, which takes the maps that the kernels made', async () => {
    const model = squeezed();
    const plan = planPictures(model)!;
    expect(plan.steps).toHaveLength(2);
    expect(parseOnnx(plan.rest!).inputs.map(({ name }) => name)).toEqual(plan.outputs.map(({ name }) => name));
    const pixels = { data: draw(10 * 12 * 16, 5), shape: [1, 10, 12, 16] };
    const whole = await runReference(model, { pixels });
    const run = createPictureRunner(await openBinary(BINARIES[0]![1]), plan);
    const maps = run({ pixels }, (pictures) =>
      Object.fromEntries(plan.outputs.map((port) => [port.name, pictures.floats(port, 'planes')])),
    );
    const cut = await runReference(plan.rest!, maps);
    expect(furthest(cut['skip0']!.data, whole['skip0']!.data)).toBeLessThan(1e-4);
  });
});

describe('the committed kernels', () => {
  it.skipIf(compilerIsMissing)(
    'are what the sources beside them compile to, byte for byte',
    () => {
      for (const set of NETWORK_KERNELS) {
        expect(compileKernels(set)).toBe(readFileSync(join(set.folder, set.target), 'utf8'));
      }
    },
    COMPILING_MS,
  );
});
