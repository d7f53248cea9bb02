/** What a family's emission gives: the body, and what stands around it. */
import type { Context } from "./context.ts";
import type { Block, SharedArray } from "./syntax/tree.ts";

export type Emitted = {
  readonly context: Context;
  readonly body: Block;
  /** Threads of a workgroup. */
  readonly workgroup: number;
  readonly workgroups: readonly [number, number, number];
  readonly shared: readonly SharedArray[];
  readonly subgroups: boolean;
};
