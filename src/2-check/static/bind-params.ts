/** A call's arguments as the scope of the function or declaration that is called. */
import type { Arg, Param } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { bindArguments } from "../bind-arguments.ts";
import type { Context } from "../context.ts";
import type { Module, Static } from "../program.ts";
import { coerce } from "./coerce.ts";
import { evaluateStatic, type StaticScope } from "./evaluate-static.ts";

type Callee = { readonly name: string; readonly params: readonly Param[]; readonly module: Module };

/**
 * Every parameter with its value. Arguments are evaluated where the call stands (`scope`), defaults where the callee
 * does, so that they see the parameters before them. Null after something was reported.
 */
export function bindParams(
  { name, params, module }: Callee,
  args: readonly Arg[],
  span: Span,
  scope: StaticScope,
  context: Context,
): (StaticScope & { readonly locals: Map<string, Static>; readonly origin: Span }) | null {
  const formals = params.map((param) => ({ name: param.name.text, optional: param.default !== null }));
  const bound = bindArguments(name, formals, args, span, context.reporter);
  if (bound === null) return null;
  const locals = new Map<string, Static>();
  const inner = { module, locals, inDeclaration: true, origin: scope.origin ?? span };
  for (const param of params) {
    const arg = bound.named.get(param.name.text);
    const expr = arg?.value ?? param.default;
    if (expr === null) return null;
    const value = evaluateStatic(expr, arg === undefined ? inner : scope, context);
    const fitted = value === null ? null : coerce(value, param.type, param.name.text, expr.span, context.reporter);
    if (fitted === null) return null;
    locals.set(param.name.text, fitted);
  }
  return inner;
}
