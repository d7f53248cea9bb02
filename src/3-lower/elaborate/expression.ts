/** The evaluator of expressions: one case a node of the syntax tree. */
import type { Expr, Index } from "../../1-parse/ast.ts";
import { type Span, unsupported } from "../../diagnostics/report.ts";
import { invariant } from "../../support/invariant.ts";
import { binary, logical, negate, not, staticCondition } from "./arithmetic.ts";
import { applyPiped, evaluateCall } from "./call.ts";
import { bool, type Datum, none, tensor } from "./datum.ts";
import { verifyExact } from "./facts.ts";
import { elementPlace, type Frame, innerFrame, memberPlace, originAt } from "./frame.ts";
import { indexTensor, type TensorIndex } from "./indexing.ts";
import { memberOf } from "./instance.ts";
import { entityDatum, isOptional, lookUp } from "./names.ts";
import { asTensor, selectBetween, staticNumber } from "./tensor-ops.ts";

export function evaluate(frame: Frame, expr: Expr): Datum {
  const { graph } = frame.build;
  spend(frame, 1, expr.span);
  return graph.at(originAt(frame.place, expr.span), () => evaluateNode(frame, expr));
}

/** A list of a thousand million elements is refused before it is made. */
function spend(frame: Frame, steps: number, span: Span): void {
  const { budget } = frame.build;
  budget.left -= Math.max(steps, 1);
  if (budget.left < 0) unsupported(span, "a program whose static evaluation takes this many steps");
}

function evaluateNode(frame: Frame, expr: Expr): Datum {
  switch (expr.kind) {
    case "number":
      return { kind: "number", value: expr.value, integer: expr.integer };
    case "quantity":
      return { kind: "quantity", value: expr.value, unit: expr.unit };
    case "percent":
      return { kind: "percent", value: expr.value };
    case "string":
      return { kind: "string", value: expr.value };
    case "bool":
      return bool(expr.value);
    case "none":
      return none;
    case "name":
      return lookUp(frame, expr.text, expr.span);
    case "if":
      return choose(frame, expr);
    case "lambda":
      return { kind: "lambda", params: expr.params, body: expr.body, frame };
    case "binary":
      return evaluateBinary(frame, expr);
    case "unary": {
      const operand = evaluate(frame, expr.operand);
      return expr.op === "-" ? negate(frame.build, operand) : not(frame.build, operand);
    }
    case "member":
      return access(frame, expr);
    case "call":
      return evaluateCall(frame, expr);
    case "index":
      return evaluateIndex(frame, expr);
    case "tuple":
      return { kind: "tuple", elements: expr.elements.map((element) => evaluate(frame, element)) };
    case "list": {
      const elements = expr.elements.map((element, i) =>
        evaluate({ ...frame, naming: elementPlace(frame.naming, i) }, element),
      );
      return { kind: "list", elements };
    }
    case "comprehension":
      return comprehend(frame, expr);
    case "record":
      return evaluateRecord(frame, expr);
  }
}

/** A static condition takes one branch; a tensor selects elementwise. */
function choose(frame: Frame, expr: Expr & { kind: "if" }): Datum {
  const condition = evaluate(frame, expr.condition);
  const known = staticCondition(frame.build, condition);
  if (known !== null) return evaluate(frame, known ? expr.then : expr.else);
  return selectBetween(frame.build, condition, evaluate(frame, expr.then), evaluate(frame, expr.else));
}

function evaluateBinary(frame: Frame, expr: Expr & { kind: "binary" }): Datum {
  const { op } = expr;
  if (op === "|>") return applyPiped(frame, evaluate(frame, expr.left), expr.right);
  const left = evaluate(frame, expr.left);
  if (op === "or" || op === "and") {
    if (left.kind === "bool" && left.value === (op === "or")) return left;
    if (op === "or" && left.kind === "none") return evaluate(frame, expr.right);
    const coalesces = expr.left.kind === "name" && isOptional(frame, expr.left.text);
    if (op === "or" && coalesces) return left;
    return logical(frame.build, op, left, evaluate(frame, expr.right));
  }
  const right = evaluate(frame, expr.right);
  if (op === "//") verifyExact(frame, left, right, expr);
  if (op === "..") spend(frame, (staticNumber(right)?.value ?? 0) - (staticNumber(left)?.value ?? 0), expr.span);
  return binary(frame.build, op, left, right);
}

function access(frame: Frame, expr: Expr & { kind: "member" }): Datum {
  const object = evaluate(frame, expr.object);
  const name = expr.name.text;
  const { build } = frame;
  switch (object.kind) {
    case "tensor": {
      invariant(name === "T", `a tensor has no member \`${name}\``);
      const rank = build.graph.typeOf(object.id).shape.length;
      const axes =
        object.axes === null ? null : [...object.axes.slice(0, -2), object.axes[rank - 1]!, object.axes[rank - 2]!];
      invariant(rank >= 2, "`.T` swaps the last two axes");
      const order = Array.from({ length: rank }, (_, axis) => axis);
      return tensor(build.graph.transpose(object.id, [...order.slice(0, -2), rank - 1, rank - 2]), axes);
    }
    case "record": {
      const field = object.fields.get(name);
      invariant(field !== undefined, `the record has no field \`${name}\``);
      return field;
    }
    case "instance": {
      const member = memberOf(build, object.instance, name);
      invariant(member !== null, `\`${object.instance.decl.name.text}\` has no member \`${name}\``);
      return member;
    }
    case "module": {
      const entity = object.module.scope.get(name);
      invariant(entity !== undefined, `module ${object.module.file} has no \`${name}\``);
      return entityDatum(build, entity, expr.name.span);
    }
    // A constant schedule: `lr.at(t, total)` of a number is the number.
    case "number":
    case "percent":
      invariant(name === "at", `a number has no member \`${name}\``);
      return object;
    default:
      return unsupported(expr.span, `\`.${name}\` of ${article(object.kind)}`);
  }
}

function evaluateIndex(frame: Frame, expr: Expr & { kind: "index" }): Datum {
  const object = evaluate(frame, expr.object);
  const [first] = expr.indices;
  if (object.kind === "list" || object.kind === "tuple") {
    invariant(first !== undefined && expr.indices.length === 1, "a list takes one index");
    return indexList(frame, object, first);
  }
  const { graph } = frame.build;
  const indices = expr.indices.map((index) => tensorIndex(frame, index));
  return tensor(indexTensor(graph, asTensor(frame.build, object), indices, expr.span));
}

function indexList(frame: Frame, list: Datum & { kind: "list" | "tuple" }, index: Index): Datum {
  invariant(index.kind !== "rest", "a list has no `...`");
  if (index.kind === "slice") {
    const [from, to] = [position(frame, index.from), position(frame, index.to)];
    return { kind: list.kind, elements: list.elements.slice(from ?? 0, to ?? list.elements.length) };
  }
  const at = position(frame, index.value);
  const element = at === null ? undefined : list.elements.at(at);
  invariant(element !== undefined, () => `index ${at} of a list of ${list.elements.length}`);
  return element;
}

function tensorIndex(frame: Frame, index: Index): TensorIndex {
  if (index.kind === "rest") return { kind: "rest" };
  if (index.kind === "slice") {
    return { kind: "slice", from: position(frame, index.from), to: position(frame, index.to) };
  }
  const value = evaluate(frame, index.value);
  if (value.kind === "none") return { kind: "new" };
  const number = staticNumber(value);
  if (number !== null) return { kind: "at", position: number.value };
  return { kind: "gather", indices: asTensor(frame.build, value) };
}

function position(frame: Frame, expr: Expr | null): number | null {
  if (expr === null) return null;
  const number = staticNumber(evaluate(frame, expr));
  if (number === null) return unsupported(expr.span, "a position that is known only while the program runs");
  return number.value;
}

function comprehend(frame: Frame, expr: Expr & { kind: "comprehension" }): Datum {
  const elements = elementsOf(evaluate(frame, expr.over)).map((element, i) => {
    const inner = innerFrame(frame, elementPlace(frame.naming, i));
    inner.locals.set(expr.name.text, element);
    return evaluate(inner, expr.value);
  });
  return { kind: "list", elements };
}

/** What a `for` runs over. */
export function elementsOf(datum: Datum): readonly Datum[] {
  invariant(datum.kind === "list" || datum.kind === "tuple", `\`for\` over a ${datum.kind}`);
  return datum.elements;
}

function evaluateRecord(frame: Frame, expr: Expr & { kind: "record" }): Datum {
  const fields = new Map<string, Datum>();
  for (const member of expr.members) {
    if (member.kind === "spread") {
      const base = evaluate(frame, member.value);
      invariant(base.kind === "record", "`...` of no record");
      for (const [name, value] of base.fields) fields.set(name, value);
    } else if (member.kind === "binding") {
      const [name] = member.names;
      invariant(name !== undefined && member.names.length === 1, "a field has one name");
      fields.set(name.text, evaluate({ ...frame, naming: memberPlace(frame.naming, name.text) }, member.value));
    } else if (member.kind === "entry") fields.set(member.key, evaluate(frame, member.value));
    else unsupported(member.span, "a function or assertion inside a record");
  }
  return { kind: "record", fields };
}

/** The static number that an expression must be. */
export function evaluateNumber(frame: Frame, expr: Expr): number {
  const number = staticNumber(evaluate(frame, expr));
  invariant(number !== null, "a dimension is a static number");
  return number.value;
}

function article(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
