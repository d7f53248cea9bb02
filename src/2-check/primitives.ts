/**
 * What the compiler knows without `use`: primitive functions, constants, initialisers. Everything else that a program
 * can call is written in `.llm`. Phase 3 shares this table by type (`PrimitiveName`): one rule a name there too.
 */

/** How a parameter may be given. `rest`: all further positional arguments (and keywords where `keywords` is set). */
type PrimitiveParam = {
  readonly name: string;
  readonly optional?: boolean;
  readonly rest?: boolean;
  /** Sizes of einops axes: any keyword is taken. */
  readonly keywords?: boolean;
};

type Primitive =
  | { readonly kind: "function"; readonly params: readonly PrimitiveParam[] }
  | { readonly kind: "constant" }
  /** A value of any shape where a `param` or `state` is given its first value; those with parameters are called. */
  | { readonly kind: "initialiser"; readonly params: readonly PrimitiveParam[] };

const x = { name: "x" } as const;
const axis = { name: "axis", optional: true } as const;
const keep = { name: "keep", optional: true } as const;

const of = (...params: readonly PrimitiveParam[]) => ({ kind: "function", params }) as const;
const unary = of(x);

const primitives = {
  // Scalar functions, element by element.
  exp: unary,
  log: unary,
  sqrt: unary,
  rsqrt: unary,
  tanh: unary,
  erf: unary,
  sin: unary,
  cos: unary,
  abs: unary,
  sign: unary,
  floor: unary,
  ceil: unary,
  round: unary,
  is_finite: unary,
  clamp: of(x, { name: "lo" }, { name: "hi" }),

  // One operand: a reduction. Two: element by element.
  min: of(x, { name: "y", optional: true }, axis, keep),
  max: of(x, { name: "y", optional: true }, axis, keep),

  // Reductions. `mean` without an axis is a loss mean: numerator and weight kept apart.
  sum: of(x, axis, keep),
  mean: of(x, axis, keep, { name: "weight", optional: true }),
  argmax: of(x, axis),
  topk: of(x, { name: "k" }),
  cumsum: of(x, axis),

  // Conversions. Only integer literals, static integers and integer scalars convert by themselves.
  f32: unary,
  f16: unary,
  i32: unary,
  bool: unary,

  // Structure.
  stop_gradient: unary,
  iota: of({ name: "n" }),
  rearrange: of(x, { name: "pattern" }, { name: "sizes", rest: true, optional: true, keywords: true }),
  einsum: of({ name: "pattern" }, { name: "operands", rest: true }),
  concat: of({ name: "parts" }, axis),
  len: of({ name: "list" }),

  // Random numbers: streams are named by the layer's path.
  rand_like: unary,
  randn_like: unary,

  // A duration in steps, f32 scalar: `in_steps(2%, total)`.
  in_steps: of({ name: "duration" }, { name: "total" }),

  zeros: { kind: "initialiser", params: [] },
  ones: { kind: "initialiser", params: [] },
  normal: { kind: "initialiser", params: [{ name: "std" }] },
  uniform: { kind: "initialiser", params: [{ name: "bound" }] },
  constant: { kind: "initialiser", params: [{ name: "value" }] },

  pi: { kind: "constant" },
  inf: { kind: "constant" },
  /** Static: true in the loss program of a train job, false in evaluation and generation. */
  training: { kind: "constant" },
} as const satisfies Readonly<Record<string, Primitive>>;

export type PrimitiveName = keyof typeof primitives;

export const primitiveNames = Object.keys(primitives) as readonly PrimitiveName[];

export function isPrimitiveName(name: string): name is PrimitiveName {
  return Object.hasOwn(primitives, name);
}

export function primitive(name: PrimitiveName): Primitive {
  return primitives[name];
}
