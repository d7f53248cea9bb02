/** Instructions that start something new. */
import { full } from "../../../src/ir/graph/shorthand.ts";
import { tensorType } from "../../../src/ir/types.ts";
import { exactly } from "./bounds.ts";
import type { Instruction } from "./instructions.ts";

const input: (dtype: "f32" | "i32" | "u32" | "bool") => Instruction =
  (dtype) =>
  (g, [n, m]) => {
    g.input(dtype, g.shape(n, 0), m);
  };

const random: (distribution: "uniform" | "normal") => Instruction =
  (distribution) =>
  (g, [n, m, k]) => {
    const seed = g.given(tensorType("u32", []), [n], exactly(2 ** 32)).id;
    const step = g.given(tensorType("i32", []), [m % 100], exactly(100)).id;
    const sample = k % 2 === 0 ? null : g.given(tensorType("i32", []), [k % 50], exactly(50)).id;
    const shape = g.shape(m, 1);
    const id = g.b.random(distribution, tensorType("f32", shape), k, seed, step, sample);
    // 24 bits are exact; Box–Muller takes a root near 0 and a cosine.
    g.keep(id, distribution === "uniform" ? exactly(1, 24) : { max: 6, grid: null, error: 5e-3 });
  };

export const sources: { readonly [name: string]: Instruction } = {
  inputF32: input("f32"),
  inputI32: input("i32"),
  inputU32: input("u32"),
  inputBool: input("bool"),
  iota: (g, [n, m]) => {
    const shape = g.shape(n, 1);
    g.keep(g.b.iota(shape, m % shape.length), exactly(Math.max(...shape)));
  },
  constantLike: (g, [n, m]) => {
    const like = g.some(n, "f32");
    g.keep(full(g.b, (m % 9) / 4 - 1, like.id), exactly(1, 2));
  },
  uniform: random("uniform"),
  normal: random("normal"),
};
