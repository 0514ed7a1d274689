/**
 * The attention over the dates as the exporter writes it (attention_layers.py), as `signatureOf` spells it. Features are
 * normalised over all dates, scored, and weighed.
 */
export const WEIGHTS_FORM = `
Unsqueeze days #0
Div 0 #1
Unsqueeze 1 #2
Sin 2
Cos 2
Concat axis=2 3 4
Reshape 5 #3
Transpose perm=1,0,2 features
ReduceMean axes=1 keepdims=0 7
MatMul 8 #4
Mul 7 7
ReduceMean axes=1 keepdims=0 10
MatMul 11 #4
Mul 9 9
Sub 12 13
Relu 14
Add 15 #5
Sqrt 16
Reciprocal 17
MatMul 18 #6
MatMul 9 #7
Mul 20 19
Sub #8 21
Unsqueeze 19 #9
Mul 7 23
MatMul 24 #10
MatMul 6 #11
Add 25 26
Transpose perm=0,2,1 27
Softmax axis=2 28
`
  .trim()
  .split('\n');

/** Then one vector for each pixel: weighted sums of features and of encodings, projected, and normalised. */
export const EMBEDDING_FORM = `
MatMul 29 24
Reshape 30 #12
MatMul 31 #13
MatMul 29 6
Reshape 33 #14
MatMul 34 #15
MatMul 22 #16
Add 32 35
Add 37 36
Add 38 #17
Relu 39
MatMul 40 #18
Sub 40 41
Mul 42 42
MatMul 43 #18
Add 44 #19
Sqrt 45
Div 42 46
Mul 47 #20
Add 48 #21
`
  .trim()
  .split('\n');

/** And the weights themselves, for networks that weigh maps with them. */
export const SHARES_FORM = ['Transpose perm=2,1,0 29'];

/** One level of `aggregate`: `at` is the line it begins with, `first` its first constant. */
export function aggregateForm(level: number, at: number, first: number): string[] {
  return [
    `Shape start=2 skip${level}`,
    `Concat axis=0 #${first} ${at}`,
    `Resize coordinate_transformation_mode=half_pixel mode=linear weights ? ? ${at + 1}`,
    `Shape start=2 skip${level}`,
    `Concat axis=0 #${first + 1} ${at + 3}`,
    `Reshape skip${level} ${at + 4}`,
    `Transpose perm=1,0,2,3 ${at + 2}`,
    `Mul ${at + 5} ${at + 6}`,
    `Shape skip${level}`,
    `Reshape ${at + 7} ${at + 8}`,
    `Add sum${level} ${at + 9}`,
  ];
}
