/**
 * Collects items and takes them in together, `most` at a time or when asked to. Code that runs once per request finds
 * the processor's caches full of TLS and HTTP, and costs ten times what it does in a loop.
 */
export const batch = <T>(
  most: number,
  take: (item: T) => void,
): { readonly add: (item: T) => void; readonly empty: () => void } => {
  let waiting: T[] = [];
  const empty = (): void => {
    const items = waiting;
    waiting = [];
    for (const item of items) take(item);
  };
  return {
    empty,
    add: (item) => {
      waiting.push(item);
      if (waiting.length >= most) empty();
    },
  };
};
