/** A Bundle after phase 6: the same persistent tensors, each program as kernels. */
import type { Bundle, ProgramName } from "../graph/graph.ts";
import type { KernelGraph } from "./kernel.ts";

export type KernelBundle = Omit<Bundle, "programs"> & {
  readonly programs: Readonly<Partial<Record<ProgramName, KernelGraph>>>;
};
