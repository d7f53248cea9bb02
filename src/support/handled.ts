/**
 * The same promise, marked as handled: it is awaited later, after the reason for its failure is known, or in its turn,
 * which never comes where an earlier one fails. Node would end the process at a rejection that nobody waits for.
 */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
