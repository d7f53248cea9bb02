/** The schedule used where nothing was measured: a row for each class of adapters. */
import type { Kernel } from "../../ir/kernel/kernel.ts";
import type { Schedule } from "../../ir/plan/plan.ts";
import type { AdapterClass, Profile } from "../../ir/plan/profile.ts";
import { hasOneSubgroupSize, isProduct } from "./search-space.ts";

export function prior(kernel: Kernel, profile: Profile): Schedule {
  const table = tables[profile.adapterClass];
  if (kernel.body.every(({ op }) => op.kind !== "reduce") && kernel.reduce.length === 0) return table.map;
  if (!isProduct(kernel)) return table.row;
  const { contract } = table;
  if (contract.staging !== "subgroup") return contract;
  if (!hasOneSubgroupSize(profile)) return { ...contract, staging: "none" };
  return { ...contract, workgroup: [profile.subgroup.min, 1] };
}

type Table = { readonly [K in "map" | "row" | "contract"]: Extract<Schedule, { readonly kind: K }> };

const cpu: Table = {
  map: { kind: "map", workgroup: 64, elements: 16, vector: 4 },
  row: { kind: "row", by: "thread", workgroup: 32, vector: 4 },
  contract: { kind: "contract", staging: "subgroup", rows: 16, columns: 4, step: 4, workgroup: [8, 1] },
};

const gpu: Table = {
  map: { kind: "map", workgroup: 256, elements: 4, vector: 4 },
  row: { kind: "row", by: "workgroup", workgroup: 128, vector: 4 },
  contract: { kind: "contract", staging: "shared", rows: 8, columns: 4, step: 16, workgroup: [16, 16] },
};

const tables: { readonly [K in AdapterClass]: Table } = {
  reference: cpu,
  lavapipe: cpu,
  swiftshader: cpu,
  integrated: gpu,
  discrete: gpu,
};
