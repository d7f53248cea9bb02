/** What a name means in a frame: locals, the instance's parameters and members, then the module's scope. */
import type { Entity } from "../../2-check/program.ts";
import { type Span, unsupported } from "../../diagnostics/report.ts";
import { invariant } from "../../support/invariant.ts";
import { primitiveDatum } from "../primitives.ts";
import type { Datum } from "./datum.ts";
import { evaluate } from "./expression.ts";
import type { Build, Frame } from "./frame.ts";
import { memberOf } from "./instance.ts";

export function lookUp(frame: Frame, name: string, span: Span): Datum {
  const found = visible(frame, name);
  if (found !== null) return found;
  const entity = frame.module.scope.get(name);
  invariant(entity !== undefined, () => `\`${name}\` means nothing at ${span.file}:${span.start}`);
  return entityDatum(frame.build, entity, span);
}

/** A local, or a parameter or member of the instance; null for what only the file knows. */
export function visible(frame: Frame, name: string): Datum | null {
  for (let at: Frame | null = frame; at !== null; at = at.outer) {
    const local = at.locals.get(name);
    if (local !== undefined) return local;
  }
  return frame.self === null ? null : memberOf(frame.build, frame.self, name);
}

/** Does the name's type end in `?`, so that `or` gives what stands for `none`? */
export function isOptional(frame: Frame, name: string): boolean {
  for (let at: Frame | null = frame; at !== null; at = at.outer) {
    if (at.locals.has(name)) return at.optionals.has(name);
  }
  const { decl } = frame.self ?? {};
  if (decl === undefined) return false;
  const param = decl.params?.find((param) => param.name.text === name);
  if (param !== undefined) return param.type?.optional === true;
  return decl.members.some(
    (member) =>
      member.kind === "binding" && member.type?.optional === true && member.names.some((own) => own.text === name),
  );
}

export function entityDatum(build: Build, entity: Entity, span: Span): Datum {
  switch (entity.kind) {
    case "decl":
      return { kind: "decl", decl: entity.decl, module: entity.module };
    case "fn":
      return { kind: "function", fn: entity.fn, module: entity.module, self: null };
    case "module":
      return { kind: "module", module: entity.module };
    case "binding": {
      const frame = moduleFrame(build, entity.module);
      const value = evaluate(frame, entity.binding.value);
      if (entity.binding.names.length === 1) return value;
      const position = entity.binding.names.findIndex((name) => name.text === entity.name);
      const part = value.kind === "tuple" || value.kind === "list" ? value.elements[position] : undefined;
      invariant(part !== undefined, `\`${entity.name}\` has no part of its binding`);
      return part;
    }
    case "primitive":
      return primitiveDatum(build, entity.name) ?? unsupported(span, `\`${entity.name}\` inside a declaration`);
  }
}

/** A frame at file level. */
export function moduleFrame(build: Build, module: Frame["module"]): Frame {
  return {
    build,
    module,
    self: null,
    locals: new Map(),
    optionals: new Set(),
    outer: null,
    place: { path: "", loop: null },
    naming: { path: "", loop: null },
    depth: 0,
  };
}
