/** Measures dispatches by timestamps at both ends of each one's pass. */
import type { KernelTime } from "../device.ts";
import type { Poller } from "./polling.ts";
import type { Timer } from "./recording.ts";

/** WebGPU's limit of queries in a set. */
const mostQueries = 4096;
/** Bits of GPUBufferUsage, GPUMapMode.READ. */
const [mapRead, copySource, copyTarget, queryResolve, modeRead] = [0x1, 0x4, 0x8, 0x200, 0x1];

export class KernelTimer implements Timer {
  readonly #device: GPUDevice;
  readonly #sets: GPUQuerySet[] = [];
  readonly #kernels: string[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  next(kernel: string): GPUComputePassTimestampWrites {
    const index = (2 * this.#kernels.length) % mostQueries;
    if (index === 0) this.#sets.push(this.#device.createQuerySet({ type: "timestamp", count: mostQueries }));
    this.#kernels.push(kernel);
    const querySet = this.#sets.at(-1)!;
    return { querySet, beginningOfPassWriteIndex: index, endOfPassWriteIndex: index + 1 };
  }

  /** After the timed commands were submitted; waits for them. */
  async times(poller: Poller): Promise<readonly KernelTime[]> {
    const size = 8 * mostQueries * this.#sets.length;
    if (size === 0) return [];
    const resolved = this.#device.createBuffer({ size, usage: queryResolve | copySource });
    const mapped = this.#device.createBuffer({ size, usage: mapRead | copyTarget });
    const encoder = this.#device.createCommandEncoder();
    for (const [i, set] of this.#sets.entries()) {
      const last = i === this.#sets.length - 1;
      const count = last ? 2 * this.#kernels.length - i * mostQueries : mostQueries;
      encoder.resolveQuerySet(set, 0, count, resolved, 8 * mostQueries * i);
    }
    encoder.copyBufferToBuffer(resolved, 0, mapped, 0, size);
    this.#device.queue.submit([encoder.finish()]);
    await poller.wait(mapped.mapAsync(modeRead));
    const stamps = new BigUint64Array(mapped.getMappedRange());
    const times = this.#kernels.map((kernel, i) => {
      return { kernel, nanoseconds: Number((stamps[2 * i + 1] ?? 0n) - (stamps[2 * i] ?? 0n)) };
    });
    for (const resource of [...this.#sets, resolved, mapped]) resource.destroy();
    return times;
  }
}
