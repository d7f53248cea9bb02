/** Where an expression is evaluated: what is built, and what names mean here. */
import type { Facts, Module } from "../../2-check/program.ts";
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { Origin, PersistentId } from "../../ir/graph/graph.ts";
import type { Time } from "../../ir/rules/time-dependence.ts";
import type { TensorType } from "../../ir/types.ts";
import type { TensorRegistry } from "../tensors.ts";
import type { Datum, Instance } from "./datum.ts";

/** One program being elaborated. The model is instantiated anew in each, so no value crosses from graph to graph. */
export type Build = {
  readonly facts: Facts;
  readonly graph: GraphBuilder;
  readonly tensors: TensorRegistry;
  /** The static `training`. */
  readonly training: boolean;
  /** True in `init`: a parameter that is met gets its first value. */
  readonly initialising: boolean;
  /** Parameters met so far; a second layer at the same path would share them silently. */
  readonly met: Set<PersistentId>;
  /** Random values asked for so far, by path: each gets a stream of its own. */
  readonly draws: Map<string, number>;
  /** How each value made so far depends on the sequences of the batch, as far as it was asked. */
  readonly times: Time[];
  /** Fields of the data by name, as the host supplies them. */
  readonly fields: ReadonlyMap<string, TensorType>;
  /** Nodes evaluated: bounded, so that a stranger's file cannot run for ever. */
  readonly budget: { left: number };
};

export type Frame = {
  readonly build: Build;
  /** Where names of this text are looked up at file level. */
  readonly module: Module;
  /** The instance whose parameters and members are visible. */
  readonly self: Instance | null;
  readonly locals: Map<string, Datum>;
  /** Names among `locals` whose type ends in `?`: `or` on them means "if it is none". */
  readonly optionals: Set<string>;
  /** The frame around a lambda or comprehension. */
  readonly outer: Frame | null;
  readonly place: Place;
  /** The place of a layer that is built here. */
  readonly naming: Place;
  /** Calls and declarations around this one. */
  readonly depth: number;
};

/** Path and loop of `Origin`. */
export type Place = { readonly path: string; readonly loop: Instance["loop"] };

/** GPT-3 takes about a hundred thousand. */
export const stepBudget = 3_000_000;
/** A function or layer that contains itself without end is refused before the compiler's own stack is full. */
export const mostCalls = 200;

export function originAt(place: Place, span: Origin["span"]): Origin {
  return place.loop === null ? { path: place.path, span } : { path: place.path, span, loop: place.loop };
}

/** A frame for `self`'s members and methods. */
export function instanceFrame(build: Build, instance: Instance, depth = instance.depth): Frame {
  return {
    build,
    module: instance.module,
    self: instance,
    locals: new Map(),
    optionals: new Set(),
    outer: null,
    place: { path: instance.path, loop: instance.loop },
    naming: { path: instance.path, loop: instance.loop },
    depth,
  };
}

/** A frame inside `frame` with names of its own, for lambdas and comprehensions. */
export function innerFrame(frame: Frame, naming: Place = frame.naming): Frame {
  return { ...frame, locals: new Map(), optionals: new Set(), outer: frame, naming };
}

/** The place of the member `name` of what stands at `parent`. */
export function memberPlace(parent: Place, name: string): Place {
  return { path: joinPath(parent.path, name), loop: parent.loop };
}

/** The place of element `index` of a list of layers at `parent`. */
export function elementPlace(parent: Place, index: number): Place {
  return { path: joinPath(parent.path, String(index)), loop: { list: parent.path, index } };
}

function joinPath(parent: string, name: string): string {
  return parent === "" ? name : `${parent}.${name}`;
}
