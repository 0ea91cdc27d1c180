// Work on many things a few at a time, so that a machine with two processors is busy and not overrun. Results keep the
// order of the items. The first failure is the caller's; what is under way then comes to its own end.
// For sessions that mostly wait for a program to start.

const AT_A_TIME = 4;

/** Like Promise.all over map(), with at most four in progress; the results are in the order of the items. */
export async function mapSideBySide<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return results;
}
