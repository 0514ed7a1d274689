import type { Backend, FloatTensor, HeldTensor, Tensors } from '../../../../src/segment';

/** A backend that holds its tensors, over one that does not, and counts those that nobody has given back. */
export function holding(inner: Backend, mostValues = 1e9): { readonly backend: Backend; readonly live: () => number } {
  const alive = new Map<HeldTensor, FloatTensor>();

  function hold(tensor: FloatTensor): HeldTensor {
    const held: HeldTensor = {
      shape: tensor.shape,
      dispose() {
        if (!alive.delete(held)) throw new Error('given back twice');
      },
    };
    alive.set(held, tensor);
    return held;
  }

  function valueOf(tensor: HeldTensor): FloatTensor {
    const value = alive.get(tensor);
    if (value === undefined) throw new Error('used after it was given back');
    return value;
  }

  const backend: Backend = {
    ...inner,
    resident: {
      mostValues: () => mostValues,
      hold,
      read: async (tensor) => valueOf(tensor),
      join(parts, shape) {
        const values = parts.flatMap(({ tensor, from, count }) => [
          ...valueOf(tensor).data.subarray(from, from + count),
        ]);
        const data = Float32Array.from(values);
        if (data.length !== shape.reduce((size, length) => size * length, 1)) throw new Error('of another size');
        if (data.length > mostValues) throw new Error('larger than a buffer');
        return hold({ data, shape });
      },
      async run(stage, inputs, signal) {
        const feeds = Object.entries(inputs).map(([name, input]) => [name, 'data' in input ? input : valueOf(input)]);
        const outputs = await inner.run(stage, Object.fromEntries(feeds) as Tensors, signal);
        return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, hold(tensor)]));
      },
    },
  };
  return { backend, live: () => alive.size };
}
