/** Reads and writes of places: whole vectors where elements lie side by side, else lane by lane. */

import type { PlannedKernel } from "../../ir/plan/plan.ts";
import type { Dtype } from "../../ir/types.ts";
import { type Context, createContext, defineIn, type Frame, type Vector } from "./context.ts";
import { evaluate, scalarOf } from "./evaluate.ts";
import { conditionOf, groupIndex, isAligned, isUniform, laneIndex, strideOf } from "./indexing.ts";
import type { Nest, Place } from "./nest.ts";
import {
  binary,
  bitcast,
  compose,
  convert,
  element,
  lane,
  literal,
  select,
  splat,
  typeOf,
  unsigned,
} from "./syntax/build.ts";
import type { Block, Expr, Scalar, Type } from "./syntax/tree.ts";

/** A place, and the vector axis under which it is used. */
export type Use = { readonly place: Place; readonly vector: Vector | null };

/** The element type of every slot: vectors if all that goes through it comes in whole vectors. */
export function slotTypes(planned: PlannedKernel, nest: Nest, uses: readonly Use[]): readonly Type[] {
  return planned.slots.map((_, slot) => {
    const here = uses.filter(({ place }) => place.slot === slot);
    const whole = here.every(({ place, vector }) => isWhole(createContext(nest, vector, []), place));
    const [first] = here;
    if (first === undefined) return typeOf("u32", 1);
    return typeOf(storedAs(first.place.dtype), whole ? (first.vector?.lanes ?? 1) : 1);
  });
}

/** Every place of a nest under one vector axis. */
export function usesOf(nest: Nest, vector: Vector | null): readonly Use[] {
  return [...nest.reads, ...nest.writes].map((place) => ({ place, vector }));
}

export function readPlace(context: Context, frame: Frame, place: Place): Expr {
  const condition = defineIn(context, frame.block, "inside", conditionOf(context, frame, place.guard));
  const type = slotType(context, place);
  const loaded = isWhole(context, place) && type.lanes > 1 ? loadWhole() : loadLanes();
  const value = decode(loaded, place.dtype);
  return place.guard.length === 0 ? value : select(literal(value.type.scalar, 0), value, condition);

  function loadWhole(): Expr {
    const index = groupIndex(context, frame, place.position);
    return element(`s${place.slot}`, guarded(index, condition, 0), type);
  }

  function loadLanes(): Expr {
    const lanes = lanesOfPlace(context, place, condition);
    return compose(
      Array.from({ length: lanes }, (_, index) =>
        loadOne(context, place, guarded(laneIndex(context, frame, place.position, index), condition, index)),
      ),
    );
  }
}

/** All values are computed first: a slot that is read and written in place must give its old content to each of them. */
export function writePlaces(context: Context, frame: Frame, writes: Iterable<number>): void {
  const valued = [...writes].map((write) => {
    const { node } = context.nest.kernel.writes[write]!;
    return { write, value: evaluate(context, frame, node) };
  });
  for (const { write, value } of valued) writePlace(context, frame, write, value);
}

/** `accumulate` adds to what is there. */
function writePlace(context: Context, frame: Frame, write: number, value: Expr): void {
  const place = context.nest.writes[write]!;
  const { accumulate } = context.nest.kernel.writes[write]!;
  const condition = defineIn(context, frame.block, "inside", conditionOf(context, frame, place.guard));
  const type = slotType(context, place);
  const store = (block: Block, target: Expr, part: Expr) => {
    const sum = accumulate === undefined ? part : binary("+", decode(target, place.dtype), part);
    block.push({ kind: "assign", target, value: encode(sum, place.dtype, type) });
  };
  if (isWhole(context, place) && type.lanes > 1) {
    const target = element(`s${place.slot}`, groupIndex(context, frame, place.position), type);
    store(guardedBlock(frame.block, condition, 0, place), target, splat(value, type.lanes));
    return;
  }
  const lanes = lanesOfPlace(context, place, condition);
  const at = Array.from({ length: lanes }, (_, index) => laneIndex(context, frame, place.position, index));
  for (const [index, position] of at.entries()) {
    const target = element(`s${place.slot}`, position, typeOf(type.scalar, 1));
    store(guardedBlock(frame.block, condition, index, place), target, lane(value, value.type.lanes === 1 ? 0 : index));
  }
}

/** Side by side, aligned, and under a guard that all lanes share. */
function isWhole(context: Context, place: Place): boolean {
  if (context.vector === null) return false;
  const { position, guard } = place;
  return strideOf(context, position) === 1 && isAligned(context, position) && isUniform(context, guard);
}

function lanesOfPlace(context: Context, place: Place, condition: Expr): number {
  return strideOf(context, place.position) === 0 && condition.type.lanes === 1 ? 1 : (context.vector?.lanes ?? 1);
}

/** An index that may be used where the guard fails too: no branch, and nothing outside is touched. */
function guarded(index: Expr, condition: Expr, part: number): Expr {
  return select(unsigned(0), index, lane(condition, condition.type.lanes === 1 ? 0 : part));
}

function guardedBlock(block: Block, condition: Expr, part: number, place: Place): Block {
  if (place.guard.length === 0) return block;
  const then: Block = [];
  block.push({ kind: "if", condition: lane(condition, condition.type.lanes === 1 ? 0 : part), then, otherwise: [] });
  return then;
}

/** One element of a slot that may hold vectors, or words of another type. */
function loadOne(context: Context, place: Place, index: Expr): Expr {
  const type = slotType(context, place);
  return element(`s${place.slot}`, index, typeOf(type.scalar, 1));
}

function slotType(context: Context, place: Place): Type {
  return context.slots[place.slot]!;
}

/** Stored word → computed value. */
function decode(stored: Expr, dtype: Dtype): Expr {
  const typed = bitcast(stored, storedAs(dtype));
  if (dtype === "bool") return binary("!=", typed, literal("u32", 0));
  return convert(typed, scalarOf(dtype));
}

function encode(value: Expr, dtype: Dtype, slot: Type): Expr {
  const stored =
    dtype === "bool" ? select(literal("u32", 0), literal("u32", 1), value) : convert(value, storedAs(dtype));
  return bitcast(stored, slot.scalar);
}

function storedAs(dtype: Dtype): Scalar {
  if (dtype === "bool") return "u32";
  return dtype === "f16" ? "f16" : scalarOf(dtype);
}
