/** The checker's static values (arguments of models, optimizers, objectives) as data of one program. */
import type { Expr } from "../1-parse/ast.ts";
import type { Facts, Static } from "../2-check/program.ts";
import { unsupported } from "../diagnostics/report.ts";
import { invariant } from "../support/invariant.ts";
import { binary, negate } from "./elaborate/arithmetic.ts";
import { type Datum, float, type Instance, integer, none } from "./elaborate/datum.ts";
import { verifyExact } from "./elaborate/facts.ts";
import { type Build, elementPlace, memberPlace, type Place } from "./elaborate/frame.ts";
import { instantiate } from "./elaborate/instance.ts";
import { primitiveDatum } from "./primitives.ts";

function staticDatum(build: Build, value: Static, place: Place): Datum {
  switch (value.kind) {
    case "number":
      return { kind: "number", value: value.value, integer: value.integer };
    case "quantity":
      return { kind: "quantity", value: value.value, unit: value.unit };
    case "percent":
      return { kind: "percent", value: value.value };
    case "string":
      return { kind: "string", value: value.value };
    case "bool":
      return { kind: "bool", value: value.value };
    case "none":
      return none;
    case "tuple":
    case "list": {
      const elements = value.elements.map((element, i) => staticDatum(build, element, elementPlace(place, i)));
      return { kind: value.kind, elements };
    }
    case "record":
      return { kind: "record", fields: staticData(build, value.fields, place) };
    case "instance":
      return { kind: "instance", instance: staticInstance(build, value, place) };
    case "function": {
      const { entity } = value;
      if (entity.kind === "fn") return { kind: "function", fn: entity.fn, module: entity.module, self: null };
      const primitive = primitiveDatum(build, entity.name);
      invariant(primitive !== null, `\`${entity.name}\` is no function`);
      return primitive;
    }
    case "later":
      return knownLater(build.facts, `${value.job}.${value.path.join(".")}`);
    case "pending":
      return closedExpression(build, value.expr);
    case "choice":
      return unsupported(value.span, `\`${value.name}\` here`);
  }
}

/** The instance that a job's `model`, `optimizer` or `objective` is. */
export function staticInstance(build: Build, value: Static, place: Place): Instance {
  invariant(value.kind === "instance", () => `a ${value.kind} stands where a declaration with its arguments belongs`);
  return instantiate(build, value.entity, staticData(build, value.args, place), place);
}

/** A layer given as an argument is named after it: `core.weight`. */
function staticData(build: Build, values: ReadonlyMap<string, Static>, place: Place): ReadonlyMap<string, Datum> {
  return new Map([...values].map(([name, value]) => [name, staticDatum(build, value, memberPlace(place, name))]));
}

function knownLater(facts: Facts, key: string): Datum {
  const value = facts.get(key);
  invariant(value !== undefined, `preparation did not find ${key}`);
  return Number.isInteger(value) ? integer(value) : float(value);
}

/** Numbers, operators and `job.member`: nothing else is in a pending expression. */
function closedExpression(build: Build, expr: Expr): Datum {
  switch (expr.kind) {
    case "number":
      return { kind: "number", value: expr.value, integer: expr.integer };
    case "percent":
      return { kind: "percent", value: expr.value };
    case "member":
      invariant(expr.object.kind === "name", "a pending expression reads `job.member`");
      return knownLater(build.facts, `${expr.object.text}.${expr.name.text}`);
    case "unary":
      invariant(expr.op === "-", "a pending expression is arithmetic");
      return negate(build, closedExpression(build, expr.operand));
    case "binary": {
      const { op } = expr;
      invariant(op !== "|>" && op !== "and" && op !== "or", "a pending expression is arithmetic");
      const [left, right] = [closedExpression(build, expr.left), closedExpression(build, expr.right)];
      if (op === "//") verifyExact(null, left, right, expr);
      return binary(build, op, left, right);
    }
    default:
      return unsupported(expr.span, "this expression over values known after preparation");
  }
}
