/**
 * The same promise, marked as handled: work in flight is awaited in its turn, and where an earlier one fails, never.
 * Node would end the process at such a rejection that nobody waits for.
 */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
