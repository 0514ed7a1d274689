import type { ModelCard } from './card-types';

interface Contradiction {
  readonly field: string;
  readonly problem: string;
}

/** Stages that look at pixels of single dates. */
const MASKED_STAGES = ['encoder', 'attention', 'aggregate'] as const;

/** Whether a map of validity goes with each date through the network. */
export function usesMask({ input }: ModelCard): boolean {
  return input.validity?.use === 'mask';
}

/** Rules between fields, each of them relied on by the code that runs the network. */
const RULES: readonly (Contradiction & { readonly holds: (card: ModelCard) => boolean })[] = [
  {
    field: 'input.mean',
    problem: 'must have one number per band',
    holds: ({ input }) => input.mean.length === input.bands.length,
  },
  {
    field: 'input.std',
    problem: 'must have one number per band',
    holds: ({ input }) => input.std.length === input.bands.length,
  },
  {
    field: 'input.tileSize',
    problem: 'must be a multiple of input.sizeMultiple',
    holds: ({ input }) => input.tileSize % input.sizeMultiple === 0,
  },
  {
    field: 'input.margin',
    problem: 'must leave something of a tile',
    holds: ({ input }) => 2 * input.margin < input.tileSize,
  },
  {
    field: 'classes',
    problem: 'must be listed in the order of their codes, from 0',
    holds: ({ classes }) => classes.every(({ code }, index) => code === index),
  },
  {
    field: 'training.scope.medians.dn',
    problem: 'must have one entry per band',
    holds: ({ training: { scope }, input }) =>
      scope?.medians === undefined || scope.medians.dn.length === input.bands.length,
  },
  {
    field: 'golden.days',
    problem: 'must have one number per date',
    holds: ({ golden }) => golden.days.length === golden.dates,
  },
  {
    field: 'golden.input.bytes',
    problem: 'must be two bytes per date, band and pixel',
    holds: ({ golden, input }) =>
      golden.input.bytes === golden.dates * input.bands.length * golden.rows * golden.columns * 2,
  },
  {
    field: 'golden.logits.bytes',
    problem: 'must be four bytes per class and pixel',
    holds: ({ golden, classes }) => golden.logits.bytes === classes.length * golden.rows * golden.columns * 4,
  },
  {
    field: 'golden.valid',
    problem: 'must be there, with one byte per date and pixel, where input.validity.use is mask, and nowhere else',
    holds: (card) => {
      const { dates, rows, columns, valid } = card.golden;
      return (valid?.bytes ?? null) === (usesMask(card) ? dates * rows * columns : null);
    },
  },
  ...MASKED_STAGES.map((stage) => ({
    field: `stages.${stage}.inputs`,
    problem: 'must name valid where input.validity.use is mask, and nowhere else',
    holds: (card: ModelCard): boolean => {
      const spec = card.stages[stage];
      return spec === undefined || (spec.inputs ?? []).includes('valid') === usesMask(card);
    },
  })),
];

/** The first rule a well-formed card breaks, or null. */
export function contradiction(card: ModelCard): Contradiction | null {
  const broken = RULES.find(({ holds }) => !holds(card));
  return broken === undefined ? null : { field: broken.field, problem: broken.problem };
}
