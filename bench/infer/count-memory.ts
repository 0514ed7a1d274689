/** Bytes of all WebAssembly memories of this thread: those that scripts make, and those that modules export. */
export function countMemories(): () => number {
  const memories = new Set<WebAssembly.Memory>();
  const { Memory, instantiate } = WebAssembly;
  WebAssembly.Memory = new Proxy(Memory, {
    construct(target, args: [WebAssembly.MemoryDescriptor]) {
      const memory = new target(...args);
      memories.add(memory);
      return memory;
    },
  });
  WebAssembly.instantiate = (async (...args: Parameters<typeof instantiate>) => {
    const made = (await instantiate(...args)) as unknown as WebAssembly.WebAssemblyInstantiatedSource;
    const { exports } = 'instance' in made ? made.instance : (made as WebAssembly.Instance);
    for (const value of Object.values(exports)) if (value instanceof Memory) memories.add(value);
    return made;
  }) as unknown as typeof instantiate;
  return () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}
