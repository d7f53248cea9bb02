/** A kernel as text, for dumps, error messages and `llmc plan`. */
import type { Guard, IndexExpr, Kernel, KernelGraph, Read, ScalarNode, Write } from "./kernel.ts";

/**
 * ```
 * row [96 | 64]  blocks.0.ln1: 2 reductions, 9 elementwise
 *   r0 = v12[i, j]  f32[96, 64]
 *   ·n1 = mul n0 n0
 *   n2 = sum n1
 *   v15[i] = n2
 * ```
 * Nodes with a dot are in scope `inner`.
 */
export function printKernel(kernel: Kernel): string {
  const lines = [`${kernel.family} ${spaceOf(kernel)}  ${kernel.why}`];
  for (const node of kernel.body) {
    lines.push(`  ${node.scope === "inner" ? "·" : ""}n${node.id}: ${node.dtype} = ${printNode(node, kernel)}`);
  }
  for (const write of kernel.writes) lines.push(`  ${printAccess(write)} := n${write.node}`);
  return lines.join("\n");
}

export function printKernelGraph(graph: KernelGraph): string {
  const lines = [`program ${graph.name}`];
  for (const { name, value, type } of graph.inputs) lines.push(`input ${name}: v${value} ${type.dtype}[${type.shape}]`);
  for (const { id, value, type } of graph.persistents) {
    lines.push(`persistent ${id}: v${value} ${type.dtype}[${type.shape}]`);
  }
  for (const [i, kernel] of graph.kernels.entries()) lines.push(`k${i} ${printKernel(kernel)}`);
  for (const { name, value } of graph.outputs) lines.push(`output ${name}: v${value}`);
  for (const { target, value } of graph.updates) lines.push(`update ${target}: v${value}`);
  return lines.join("\n");
}

/** `[96, 64 | 128]`: domain, bar, reduced axes. */
export function spaceOf({ domain, reduce }: Pick<Kernel, "domain" | "reduce">): string {
  return `[${domain.join(", ")}${reduce.length === 0 ? "" : ` | ${reduce.join(", ")}`}]`;
}

export function printIndex(expr: IndexExpr): string {
  switch (expr.kind) {
    case "constant":
      return String(expr.value);
    case "axis":
      return axisName(expr.axis);
    case "node":
      return `n${expr.node}`;
    case "add":
      return `${printIndex(expr.left)} + ${printIndex(expr.right)}`;
    case "mul":
      return `${expr.by}·${factor(expr.of)}`;
    case "div":
      return `${factor(expr.of)} / ${expr.by}`;
    case "mod":
      return `${factor(expr.of)} % ${expr.by}`;
  }
}

function factor(expr: IndexExpr): string {
  const text = printIndex(expr);
  return expr.kind === "add" || expr.kind === "div" || expr.kind === "mod" ? `(${text})` : text;
}

function axisName(axis: number): string {
  return "ijklmopqrstuvwxyz"[axis] ?? `axis${axis}`;
}

function printNode(node: ScalarNode, kernel: Kernel): string {
  const { op } = node;
  switch (op.kind) {
    case "constant":
      return String(op.value);
    case "index":
      return printIndex(op.expr);
    case "inside":
      return printGuard(op.guard);
    case "read":
      return printAccess(kernel.reads[op.read]!);
    case "apply":
      return [op.fn, ...op.args.map((arg) => `n${arg}`)].join(" ");
    case "select":
      return `if n${op.condition} then n${op.then} else n${op.else}`;
    case "cast":
      return `${node.dtype}(n${op.of})`;
    case "bits":
      return `bits(n${op.of})`;
    case "random":
      return `${op.distribution} stream ${op.stream} seed n${op.seed} step n${op.step} sample n${op.sample} element n${op.element}`;
    case "reduce":
      return `${op.fn} n${op.of}`;
  }
}

function printAccess({ value, type, index, guard }: Read | Write): string {
  const at = `v${value}[${index.map(printIndex).join(", ")}] ${type.dtype}[${type.shape}]`;
  return guard === undefined ? at : `${at} where ${printGuard(guard)}`;
}

function printGuard(guard: Guard): string {
  return guard.map(({ expr, from, to }) => `${from} ≤ ${printIndex(expr)} < ${to}`).join(" and ");
}

/** `96x384x128`: domain, then reduced axes; `1` for a single point. */
export function printSize({ domain, reduce }: Pick<Kernel, "domain" | "reduce">): string {
  const sizes = [...domain, ...reduce];
  return sizes.length === 0 ? "1" : sizes.join("x");
}
