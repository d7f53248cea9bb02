/** Statements of a function's body. Names may be re-bound; `for` is a fold over a list that is unrolled here. */
import type { Binding, Stmt } from "../../1-parse/ast.ts";
import { invariant } from "../../support/invariant.ts";
import { type Datum, tensor } from "./datum.ts";
import { elementsOf, evaluate } from "./expression.ts";
import { verifyFact } from "./facts.ts";
import type { Build, Frame } from "./frame.ts";
import { splitLeading } from "./indexing.ts";
import { bindType } from "./types.ts";

/** The returned value, or null where the end is reached. */
export function execute(frame: Frame, statements: readonly Stmt[]): Datum | null {
  for (const statement of statements) {
    const returned = step(frame, statement);
    if (returned !== null) return returned;
  }
  return null;
}

function step(frame: Frame, statement: Stmt): Datum | null {
  switch (statement.kind) {
    case "binding":
      bind(frame, statement);
      return null;
    case "return":
      return evaluate(frame, statement.value);
    case "assert":
      verifyFact(frame, statement.condition, statement.message);
      return null;
    case "for": {
      for (const element of elementsOf(evaluate(frame, statement.over))) {
        frame.locals.set(statement.name.text, element);
        const returned = execute(frame, statement.body);
        if (returned !== null) return returned;
      }
      return null;
    }
  }
}

function bind(frame: Frame, binding: Binding): void {
  const value = evaluate(frame, binding.value);
  const typed =
    binding.type === null ? value : bindType(frame, binding.type, value, `\`${binding.names[0]?.text ?? ""}\``);
  const parts = destructure(frame.build, typed, binding.names.length);
  binding.names.forEach((name, i) => {
    frame.locals.set(name.text, parts[i]!);
    if (binding.type?.optional === true) frame.optionals.add(name.text);
    else frame.optionals.delete(name.text);
  });
}

/** One name takes the value; several split a tuple, or a tensor's leading axis of exactly that size. */
export function destructure(build: Build, value: Datum, count: number): readonly Datum[] {
  if (count === 1) return [value];
  const parts =
    value.kind === "tuple" || value.kind === "list"
      ? value.elements
      : value.kind === "tensor"
        ? splitLeading(build.graph, value.id).map((id) => tensor(id))
        : [];
  invariant(parts.length === count, () => `${count} names for ${parts.length} parts`);
  return parts;
}
