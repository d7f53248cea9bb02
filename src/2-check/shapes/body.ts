/** Statements of a function: bindings, loops (folds), results. */
import type { Binding, Expr, FnDecl, ForLoop, Stmt } from "../../1-parse/ast.ts";
import { constant, constantOf, type Dim } from "../../ir/dim.ts";
import { provablyEqual } from "../../ir/dim-facts.ts";
import { sameShape } from "./broadcast.ts";
import { type Env, fail, innerEnv } from "./env.ts";
import { elementOf, evaluateShape } from "./evaluate.ts";
import { match } from "./match.ts";
import { nothingBound, shapeOf } from "./types.ts";
import { describe, formatShape, intOf, tensor, unknown, type Value } from "./value.ts";

/** The value of the body, its `return`s held to the result type where the caller says so. */
export function evaluateBody(fn: FnDecl, env: Env, onReturn: (value: Value, expr: Expr) => void = () => {}): Value {
  if ("kind" in fn.body) {
    const value = evaluateShape(fn.body, env);
    onReturn(value, fn.body);
    return value;
  }
  const value = runStatements(fn.body, env, onReturn);
  if (value !== null || returns(fn.body)) return value ?? { kind: "none" };
  return fail(env, "E0204", fn.name.span, [], () => ({
    message: `${fn.name.text} returns nothing`,
    label: "no `return`",
    help: "end it with `return …`",
  }));
}

function returns(statements: readonly Stmt[]): boolean {
  return statements.some(
    (statement) => statement.kind === "return" || (statement.kind === "for" && returns(statement.body)),
  );
}

function runStatements(
  statements: readonly Stmt[],
  env: Env,
  onReturn: (value: Value, expr: Expr) => void,
): Value | null {
  for (const statement of statements) {
    switch (statement.kind) {
      case "binding":
        bind(statement, env);
        break;
      case "return": {
        const value = evaluateShape(statement.value, env);
        onReturn(value, statement.value);
        return value;
      }
      case "for":
        runLoop(statement, env, onReturn);
        break;
      case "assert":
        evaluateShape(statement.condition, env);
    }
  }
  return null;
}

function bind(binding: Binding, env: Env): void {
  const value = evaluateShape(binding.value, env);
  const [name] = binding.names;
  if (binding.names.length !== 1 || name === undefined) {
    destructure(binding, value, env);
    return;
  }
  const declared = binding.type === null ? value : annotated(binding, value, env);
  const before = env.locals.get(name.text);
  const isState = env.locals.has(`state ${name.text}`);
  if (
    isState &&
    before?.kind === "tensor" &&
    declared.kind === "tensor" &&
    !sameShape(before.shape, declared.shape, env.known.facts)
  ) {
    fail(env, "E0204", binding.value.span, [], () => ({
      message: `state \`${name.text}\` is ${describe(before)}, but is set to ${describe(declared)}`,
      label: describe(declared),
    }));
  }
  // A new name of its own: what is known to be a literal stays a number of the program.
  env.locals.set(name.text, declared.kind === "int" ? intOf(declared.dim, declared.literal) : declared);
  env.places.set(name.text, name.span);
}

/** `s: [B, H, T, T] = …` */
function annotated(binding: Binding, value: Value, env: Env): Value {
  const { type } = binding;
  if (type === null || value.kind === "unknown") return value;
  // Names of the annotation must be bound already.
  if (type.kind === "named" && type.shape !== null && shapeOf(type.shape, nothingBound(), "use", env) === null)
    return unknown;
  const matched = match(type, value, nothingBound(), env);
  if (!("mismatch" in matched)) return matched;
  const { code, expected } = matched.mismatch;
  return fail(env, code === "E0203" ? "E0204" : code, binding.value.span, [], () => ({
    message: `\`${binding.names[0]?.text ?? ""}\` is declared ${expected} but is ${describe(value)}`,
    label: describe(value),
    related: [{ span: type.span, text: "declared here" }],
  }));
}

/** `a, b = t` splits a tuple, or a leading axis of exactly that size. */
function destructure(binding: Binding, value: Value, env: Env): void {
  const count = binding.names.length;
  const problem = cannotSplit(value, count, env);
  if (problem !== null) {
    const [first, last] = [binding.names[0], binding.names.at(-1)];
    const span = first === undefined || last === undefined ? binding.span : { ...first.span, end: last.span.end };
    fail(env, "E0207", span, [], () => ({
      message: `${count} names for ${problem}`,
      label: `${count} names`,
      related: [{ span: binding.value.span, text: describe(value) }],
    }));
  }
  for (const [i, name] of binding.names.entries()) {
    env.locals.set(name.text, problem === null ? part(value, i) : unknown);
    env.places.set(name.text, name.span);
  }
}

function part(value: Value, i: number): Value {
  if (value.kind === "tensor") return tensor(value.type, value.shape.slice(1));
  return value.kind === "tuple" || value.kind === "list" ? (value.elements[i] ?? unknown) : unknown;
}

/** What there is to split, where it does not go into so many names. */
function cannotSplit(value: Value, count: number, env: Env): string | null {
  if (value.kind === "unknown") return null;
  if (value.kind === "tuple" || value.kind === "list") {
    return value.elements.length === count ? null : `${value.elements.length} values`;
  }
  if (value.kind !== "tensor") return describe(value);
  const [first] = value.shape;
  if (first?.kind !== "dim") return `${formatShape(value.shape)}, whose leading axis is not known`;
  if (provablyEqual(first.dim, constant(count), env.known.facts)) return null;
  return `a leading axis of ${shown(first.dim)} in ${formatShape(value.shape)}`;
}

function shown(dim: Dim): string {
  const value = constantOf(dim);
  return value === null ? formatShape([{ kind: "dim", dim }]).slice(1, -1) : String(value);
}

/** A fold: what exists before the loop and is set in it keeps its shape (E0209). */
function runLoop(loop: ForLoop, env: Env, onReturn: (value: Value, expr: Expr) => void): void {
  const over = evaluateShape(loop.over, env);
  const elements =
    over.kind === "list" ? over.elements : over.kind === "sequence" ? [elementOf(over, loop.name.text, env)] : null;
  if (elements === null) {
    if (over.kind !== "unknown") {
      fail(env, "E0108", loop.over.span, [], () => ({
        message: `\`for\` runs over a list or \`a..b\`, got ${describe(over)}`,
        label: "not a list",
      }));
    }
    for (const name of assignedIn(loop.body)) env.locals.set(name, unknown);
    return;
  }
  for (const element of elements) {
    const inner = innerEnv(env);
    inner.locals.set(loop.name.text, element);
    runStatements(loop.body, inner, onReturn);
    for (const name of assignedIn(loop.body)) {
      const before = env.locals.get(name);
      const after = inner.locals.get(name);
      if (before === undefined || after === undefined) continue;
      if (!keepsShape(before, after, env)) {
        reportChange(loop, name, before, after, env);
        env.locals.set(name, unknown);
      }
    }
  }
}

function assignedIn(statements: readonly Stmt[]): readonly string[] {
  return statements.flatMap((statement) => {
    if (statement.kind === "binding") return statement.names.map((name) => name.text);
    return statement.kind === "for" ? assignedIn(statement.body) : [];
  });
}

function keepsShape(before: Value, after: Value, env: Env): boolean {
  if (before.kind === "unknown" || after.kind === "unknown") return true;
  if (before.kind === "tensor" && after.kind === "tensor") return sameShape(before.shape, after.shape, env.known.facts);
  return before.kind === after.kind;
}

function reportChange(loop: ForLoop, name: string, before: Value, after: Value, env: Env): void {
  const place = lastAssignment(loop.body, name)?.value.span ?? loop.name.span;
  fail(env, "E0209", place, [], () => ({
    message: `\`${name}\` is ${describe(before)} before the loop and ${describe(after)} after one turn`,
    label: "a loop keeps the shapes it carries",
    help: `a tensor that changes takes another name; layers of different sizes are written one after the other`,
  }));
}

function lastAssignment(statements: readonly Stmt[], name: string): Binding | undefined {
  return statements
    .flatMap((statement) =>
      statement.kind === "binding"
        ? [statement]
        : statement.kind === "for"
          ? [lastAssignment(statement.body, name)]
          : [],
    )
    .findLast((binding) => binding?.names.some((each) => each.text === name));
}
