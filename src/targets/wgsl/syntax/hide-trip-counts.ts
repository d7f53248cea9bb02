/**
 * Loops whose number of turns the driver cannot know. Mesa unrolls every loop of 32 turns or fewer and hands LLVM the
 * result, whose passes are worse than linear: such kernels took 8 to 18 s of compile time each and ran no faster.
 * The bound is multiplied by `once`, which is 1, so proofs about indices stay as they are.
 */
import { binary, name, u32, unsigned } from "./build.ts";
import type { Block, Expr, Statement } from "./tree.ts";

/** At least one workgroup is launched in each direction. */
const launchedInZ = name("launched.z", u32);
const once = name("once", u32);

/** The body of `main`; it must have the builtin `launched` (num_workgroups) in scope. */
export function hideTripCounts(body: Block): Block {
  const value: Expr = { kind: "call", fn: "min", args: [launchedInZ, unsigned(1)], type: u32 };
  return [{ kind: "let", name: "once", value }, ...body.map(hide)];
}

function hide(statement: Statement): Statement {
  if (statement.kind === "if") {
    return { ...statement, then: statement.then.map(hide), otherwise: statement.otherwise.map(hide) };
  }
  if (statement.kind !== "for") return statement;
  const { to } = statement;
  const hidden = to.kind === "literal" ? binary("*", unsigned(to.value), once) : to;
  return { ...statement, to: hidden, body: statement.body.map(hide) };
}
