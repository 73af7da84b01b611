/** Enough to keep a small API server busy. */
const atOnce = 32;

/** Does the work for every item, 32 side by side. */
export const each = async <T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> => {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};
