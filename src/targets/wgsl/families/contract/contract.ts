/**
 * Contract: a workgroup computes a tile of one product of the batch, every thread `rows` by `columns` of it.
 *
 * A thread's columns come in groups of four, neighbouring threads having neighbouring groups; its rows lie side by
 * side. Sizes need not divide: indices beyond an end are clamped, the left side is zero beyond the depth, and nothing
 * outside is written.
 */
import type { NodeId } from "../../../../ir/kernel/kernel.ts";
import { operandsOfNode } from "../../../../ir/kernel/node-arguments.ts";
import type { PlannedKernel } from "../../../../ir/plan/plan.ts";
import type { Profile } from "../../../../ir/plan/profile.ts";
import { elementCount } from "../../../../ir/types.ts";
import { invariant } from "../../../../support/invariant.ts";
import { type Context, createContext, defineIn, openFrame } from "../../context.ts";
import type { Emitted } from "../../emitted.ts";
import { launch } from "../../launch.ts";
import { slotTypes, type Use } from "../../memory.ts";
import { type Place as MemoryPlace, nestOf } from "../../nest.ts";
import { resultAxis } from "../../nest-dependences.ts";
import { pointOf } from "../../points.ts";
import { binary, literal, name, over, splat, typeOf, unsigned } from "../../syntax/build.ts";
import type { Block, Expr } from "../../syntax/tree.ts";
import { depthLoop } from "./depth-loop.ts";
import { epilogueVector, writeTile } from "./epilogue.ts";
import { extentOf } from "./extent.ts";
import { operandOf, readsOf } from "./operand.ts";
import { placeOf } from "./place.ts";
import { type Roles, rolesOf } from "./roles.ts";
import { type ContractSchedule, type Tile, tileOf } from "./tile.ts";

export function emitContract(planned: PlannedKernel, schedule: ContractSchedule, profile: Profile): Emitted {
  const nest = nestOf(planned);
  const roles = rolesOf(nest);
  invariant(roles !== null, "a schedule of kind contract for a kernel that is no product");
  const bare = createContext(nest, null, []);
  const depth = extentOf(nest, roles.depth);
  const left = operandOf(bare, roles.left, extentOf(nest, roles.rows), depth);
  const right = operandOf(bare, roles.right, extentOf(nest, roles.columns), depth);
  const tile = tileOf(schedule, left, right);
  const context = createContext(nest, null, slotTypes(planned, nest, usesIn(bare, roles, tile)));

  const batch = roles.batch.map((axis) => ({ axis, size: nest.domain[axis]! }));
  const tiles = tile.down * tile.across;
  const count = tiles * elementCount(batch.map(({ size }) => size));
  const { workgroups, started, index } = launch(count, profile);
  const body: Block = [];
  const number = defineIn(context, body, "number", index);
  const inside = started === count ? body : guarded(body, binary("<", number, unsigned(count)));
  const frame = openFrame(null, inside, pointOf(context, inside, over(number, tiles), batch, "i"));
  const place = placeOf(context, inside, tile, number);
  const sums = openSums(inside, tile);
  const shared = depthLoop(context, frame, tile, place, profile.subgroup.min, sums);
  writeTile(context, frame, roles, tile, place.corner, sums);
  const subgroups = schedule.staging === "subgroup";
  return { context, body, workgroup: schedule.workgroup[0] * schedule.workgroup[1], workgroups, shared, subgroups };
}

/** The left side's reads run along its fragments, the right side's along its own, everything else along the columns. */
function usesIn(context: Context, roles: Roles, tile: Tile): readonly Use[] {
  const { nest } = context;
  const after = nest.kernel.writes.flatMap(({ node }) => readsAfter(context, node));
  const epilogue = epilogueVector(tile);
  return [
    ...readsOf(context, roles.left).map((place) => ({ place, vector: tile.left.vector })),
    ...readsOf(context, roles.right).map((place) => ({ place, vector: tile.right.vector })),
    ...[...after, ...nest.writes].map((place) => ({ place, vector: epilogue })),
  ];
}

/** What a node reads beside its sum. */
function readsAfter(context: Context, node: NodeId): readonly MemoryPlace[] {
  const { op } = context.nest.body[node]!;
  if (op.kind === "reduce") return [];
  if (!context.dependences[node]!.has(resultAxis)) return readsOf(context, node);
  return operandsOfNode(op).flatMap((operand) => readsAfter(context, operand));
}

/** One vector of four columns for each row and group. */
function openSums(block: Block, tile: Tile): readonly Expr[] {
  const type = typeOf("f32", 4);
  return Array.from({ length: tile.rows * tile.columnGroups }, (_, index) => {
    const text = `sum_${Math.floor(index / tile.columnGroups)}_${index % tile.columnGroups}`;
    block.push({ kind: "var", name: text, type, value: splat(literal("f32", 0), 4) });
    return name(text, type);
  });
}

function guarded(block: Block, condition: Expr): Block {
  const then: Block = [];
  block.push({ kind: "if", condition, then, otherwise: [] });
  return then;
}
