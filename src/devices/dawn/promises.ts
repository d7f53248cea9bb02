/** What a session has promised its callers and not yet given. */

export type Settle<T> = { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void };

export class Promises {
  readonly #open = new Map<Promise<unknown>, (error: unknown) => void>();
  #error: Error | null = null;

  /** What everything was ended by. */
  get error(): Error | null {
    return this.#error;
  }

  /** Starts work at once. Its promise is settled by the work, or rejected by `fail` if that comes first. */
  add<T>(start: (settle: Settle<T>) => void): Promise<T> {
    if (this.#error !== null) return Promise.reject(this.#error);
    const { promise, resolve, reject } = withResolvers<T>();
    this.#open.set(promise, reject);
    const forget = () => void this.#open.delete(promise);
    promise.then(forget, forget);
    try {
      start({ resolve, reject });
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  /** Resolves when everything promised so far is given; rejects with the first failure. */
  async settled(): Promise<void> {
    await Promise.all(this.#open.keys());
    if (this.#error !== null) throw this.#error;
  }

  /** Rejects what is open and whatever is added later. The first error stays. */
  fail(error: Error): void {
    this.#error ??= error;
    for (const reject of this.#open.values()) reject(this.#error);
  }
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<T>(): Settle<T> & { readonly promise: Promise<T> } {
  let resolve!: Settle<T>["resolve"];
  let reject!: Settle<T>["reject"];
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}
