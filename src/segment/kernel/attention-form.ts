import { type FormWriter, writeForm } from './form';

/** What an attention does, and hands on. */
export interface AttentionKind {
  /** Dates of a pixel that are not valid are kept out. */
  readonly masks: boolean;
  /** One vector for each pixel: the weighted sums of features and of encodings, projected, and normalised. */
  readonly embeds: boolean;
  /** The weights themselves, for networks that weigh maps with them. */
  readonly weighs: boolean;
}

/**
 * The attention over the dates as the exporter writes it (attention_layers.py), as `matchForm` reads it. Features are
 * normalised over all dates, scored, and weighed.
 */
export function attentionForm({ masks, embeds, weighs }: AttentionKind): readonly string[] {
  const form = writeForm();
  const { line } = form;
  const validity = masks ? validityLines(form) : null;
  const column = line('Unsqueeze days #one');
  const angle = line(`Unsqueeze ${line(`Div ${column} #divisors`)} #two`);
  const sines = line(`Sin ${angle}`);
  const waves = line(`Concat axis=2 ${sines} ${line(`Cos ${angle}`)}`);
  const encoding = line(`Reshape ${waves} #encodings`);
  const features = line('Transpose perm=1,0,2 features');
  const overDates = (of: number): number => {
    const mean = line(`ReduceMean axes=1 keepdims=0 ${of}`);
    return validity === null ? mean : line(`Div ${mean} ${validity.share}`);
  };
  const mean = line(`MatMul ${overDates(features)} #average`);
  const square = line(`MatMul ${overDates(line(`Mul ${features} ${features}`))} #average`);
  const variance = line(`Sub ${square} ${line(`Mul ${mean} ${mean}`)}`);
  const safe = line(`Add ${line(`Relu ${variance}`)} #epsilon`);
  const deviation = line(`Reciprocal ${line(`Sqrt ${safe}`)}`);
  const scale = line(`MatMul ${deviation} #gamma`);
  const centre = line(`Mul ${line(`MatMul ${mean} #spread`)} ${scale}`);
  const shift = line(`Sub #beta ${centre}`);
  const scaled = line(`Mul ${features} ${line(`Unsqueeze ${scale} #one`)}`);
  const ofFeatures = line(`MatMul ${scaled} #queries`);
  const scores = line(`Add ${ofFeatures} ${line(`MatMul ${encoding} #placeQueries`)}`);
  const byHead = line(`Transpose perm=0,2,1 ${scores}`);
  const share = line(`Softmax axis=2 ${validity === null ? byHead : line(`Add ${byHead} ${validity.penalty}`)}`);
  if (embeds) embeddingLines(form, { share, scaled, encoding, shift });
  if (weighs) line(`Transpose perm=2,1,0 ${share}`);
  return form.lines;
}

/** All dates of a pixel count where none is valid. `share` is how much of the dates counts, the penalty for what does not. */
function validityLines({ line }: FormWriter): { readonly share: number; readonly penalty: number } {
  const none = line(`Sub #whole ${line('ReduceMax axes=0 keepdims=0 valid')}`);
  const byPixel = line(`Transpose perm=1,0 ${line(`Max valid ${none}`)}`);
  const share = line(`ReduceMean axes=1 keepdims=1 ${byPixel}`);
  const hidden = line(`Mul ${line(`Sub ${byPixel} #whole`)} #penalty`);
  return { share, penalty: line(`Unsqueeze ${hidden} #one`) };
}

function embeddingLines(
  { line }: FormWriter,
  found: Readonly<Record<'share' | 'scaled' | 'encoding' | 'shift', number>>,
): void {
  const features = line(`Reshape ${line(`MatMul ${found.share} ${found.scaled}`)} #byFeatures`);
  const ofFeatures = line(`MatMul ${features} #ofFeatures`);
  const places = line(`Reshape ${line(`MatMul ${found.share} ${found.encoding}`)} #byPlaces`);
  const ofPlaces = line(`MatMul ${places} #ofPlaces`);
  const ofShift = line(`MatMul ${found.shift} #ofShift`);
  const total = line(`Add ${line(`Add ${ofFeatures} ${ofPlaces}`)} ${ofShift}`);
  const vector = line(`Relu ${line(`Add ${total} #bias`)}`);
  const centred = line(`Sub ${vector} ${line(`MatMul ${vector} #lastAverage`)}`);
  const variance = line(`MatMul ${line(`Mul ${centred} ${centred}`)} #lastAverage`);
  const deviation = line(`Sqrt ${line(`Add ${variance} #epsilon`)}`);
  const scaled = line(`Mul ${line(`Div ${centred} ${deviation}`)} #lastGamma`);
  line(`Add ${scaled} #lastBeta`);
}

/** `aggregate` of so many levels as the exporter writes it; the last line of each makes its last output. */
export function aggregateForm(levels: number, masks: boolean): readonly string[] {
  const form = writeForm();
  const { line } = form;
  let valid = 'valid';
  for (let level = 0; level < levels; level += 1) {
    if (masks && level > 0) valid = String(line(`MaxPool kernel_shape=2,2 strides=2,2 ${valid}`));
    const sizes = line(`Concat axis=0 #oneMap ${line(`Shape start=2 skip${level}`)}`);
    const resized = line(`Resize coordinate_transformation_mode=half_pixel mode=linear weights ? ? ${sizes}`);
    const weights = masks ? line(`Mul ${resized} ${valid}`) : resized;
    const grouped = line(`Concat axis=0 #byHead ${line(`Shape start=2 skip${level}`)}`);
    const map = line(`Reshape skip${level} ${grouped}`);
    const weighed = line(`Mul ${map} ${line(`Transpose perm=1,0,2,3 ${weights}`)}`);
    const added = line(`Reshape ${weighed} ${line(`Shape skip${level}`)}`);
    line(`Add sum${level} ${added}`);
    if (masks) line(`Add weightsum${level} ${weights}`);
  }
  return form.lines;
}
