/** What expressions mean: static arithmetic, and tensors evaluated in float64. */
import { describe, expect, it } from "vitest";
import { type Tensor, tensor } from "../../../src/ir/rules/tensor.ts";
import { numbersOf } from "./compile-source.ts";
import { elaborateExpression, evaluateExpression, type Given } from "./evaluate-expression.ts";

const f32 = (shape: readonly number[], ...data: readonly number[]): Tensor => tensor("f32", shape, data);
const i32 = (shape: readonly number[], ...data: readonly number[]): Tensor => tensor("i32", shape, data);
const bools = (shape: readonly number[], ...data: readonly number[]): Tensor => tensor("bool", shape, data);

const x = f32([2, 3], 1, 2, 3, -4, 5, -6);

describe("static expressions", () => {
  it.each([
    ["7 * 6", 42],
    ["7 / 2", 3.5],
    ["8 // 2", 4],
    ["-7 % 3", 2],
    ["2 ** 10", 1024],
    ["2 ** -1", 0.5],
    ["-2 ** 2", -4],
    ["sqrt(16)", 4],
    ["max(3, 5) - min(3, 5)", 2],
    ["clamp(7, 0, 5)", 5],
    ["10% * 50", 5],
    ["len(0..5)", 5],
    ["[i * i for i in 0..4][-1]", 9],
    ["(1, 2, 3)[1]", 2],
    ["len([1, 2, 3][1:])", 2],
    ["if 3 > 2 and not (1 == 2) then 1 else 2", 1],
    ["none or 4", 4],
    ["{ a = 1, b = 5 }.b", 5],
    ["{ ...{ a = 1, b = 5 }, b = 6 }.b", 6],
    ["(fn (a, b) = a - b)(5, b = 3)", 2],
    ["i32(3.9)", 3],
    ["if training then 1 else 0", 0],
    ["3 * 1_000_000_007", 3_000_000_021],
  ])("%s = %d", (expression, value) => {
    const { datum } = elaborateExpression(expression);
    expect(datum).toMatchObject({ value });
  });

  it("keeps integers apart from floats", () => {
    expect(elaborateExpression("6 // 3").datum).toMatchObject({ value: 2, integer: true });
    expect(elaborateExpression("6 / 3").datum).toMatchObject({ value: 2, integer: false });
  });

  it("refuses a quotient that is not exact", () => {
    expect(() => elaborateExpression("7 // 2")).toThrow(/E0210: 7 \/\/ 2 is not exact: 7 % 2 = 1/);
    expect(() => elaborateExpression("7 // 0")).toThrow(/E0210/);
  });

  it("refuses a list that is too long to make", () => {
    expect(() => elaborateExpression("len(0..1_000_000_000)")).toThrow(/E0900/);
  });
});

describe("tensor expressions", () => {
  const cases: readonly (readonly [expression: string, inputs: Given["inputs"], shape: number[], data: number[]])[] = [
    // Conversions and broadcasting.
    ["x + 1", { x }, [2, 3], [2, 3, 4, -3, 6, -5]],
    ["x * y", { x, y: f32([3], 1, 0, 2) }, [2, 3], [1, 0, 6, -4, 0, -12]],
    ["x * y", { x, y: f32([2, 1], 1, 2) }, [2, 3], [1, 2, 3, -8, 10, -12]],
    ["n + 0.5", { n: i32([2], 1, 2) }, [2], [1.5, 2.5]],
    ["n + 1", { n: i32([2], 1, 2) }, [2], [2, 3]],
    ["n / 2", { n: i32([2], 1, 2) }, [2], [0.5, 1]],
    ["n // 2", { n: i32([3], 5, -5, 4) }, [3], [2, -3, 2]],
    ["n % 3", { n: i32([3], 5, -5, 3) }, [3], [2, 1, 0]],
    ["n * x", { x, n: i32([3], 1, 2, 3) }, [2, 3], [1, 4, 9, -4, 10, -18]],
    ["-x", { x }, [2, 3], [-1, -2, -3, 4, -5, 6]],
    // Powers: of negative numbers too.
    ["x ** 2", { x }, [2, 3], [1, 4, 9, 16, 25, 36]],
    ["x ** 3", { x }, [2, 3], [1, 8, 27, -64, 125, -216]],
    ["x ** 0", { x }, [2, 3], [1, 1, 1, 1, 1, 1]],
    ["x ** -1", { x: f32([2], -2, 4) }, [2], [-0.5, 0.25]],
    ["x ** 0.5", { x: f32([2], 9, 16) }, [2], [3, 4]],
    ["x ** -0.5", { x: f32([2], 4, 16) }, [2], [0.5, 0.25]],
    ["0.5 ** t", { t: i32([2], 2, 3) }, [2], [0.25, 0.125]],
    ["x ** y", { x: f32([2], 4, 2), y: f32([2], 1.5, 2) }, [2], [8, 4]],
    // Indexing.
    ["x[0]", { x }, [3], [1, 2, 3]],
    ["x[-1, 1]", { x }, [], [5]],
    ["x[:, 1:]", { x }, [2, 2], [2, 3, 5, -6]],
    ["x[:, :-1]", { x }, [2, 2], [1, 2, -4, 5]],
    ["x[..., 2]", { x }, [2], [3, -6]],
    ["x[:, none, 0]", { x }, [2, 1], [1, -4]],
    ["x[..., none]", { x: f32([2], 1, 2) }, [2, 1], [1, 2]],
    ["x[n]", { x, n: i32([2, 2], 1, 0, 0, 1) }, [2, 2, 3], [-4, 5, -6, 1, 2, 3, 1, 2, 3, -4, 5, -6]],
    ["x[:, n]", { x, n: i32([1], 2) }, [2, 1], [3, -6]],
    ["x[1, n]", { x, n: i32([2], 2, 0) }, [2], [-6, -4]],
    ["x[t]", { x, t: i32([], 1) }, [3], [-4, 5, -6]],
    ["x.T", { x }, [3, 2], [1, -4, 2, 5, 3, -6]],
    // Reductions.
    ["sum(x)", { x }, [], [1]],
    ["sum(x, axis = 0)", { x }, [3], [-3, 7, -3]],
    ["sum(x, axis = (0, 1))", { x }, [], [1]],
    ["mean(x, axis = -1, keep = true)", { x }, [2, 1], [2, -5 / 3]],
    ["max(x, axis = 1)", { x }, [2], [3, 5]],
    ["min(x)", { x }, [], [-6]],
    ["max(x, 0)", { x }, [2, 3], [1, 2, 3, 0, 5, 0]],
    ["clamp(x, -1, 2)", { x }, [2, 3], [1, 2, 2, -1, 2, -1]],
    ["argmax(x, axis = -1)", { x }, [2], [2, 1]],
    ["topk(x, 2)[1]", { x }, [2, 2], [2, 1, 1, 0]],
    ["cumsum(x, axis = 1)", { x }, [2, 3], [1, 3, 6, -4, 1, -5]],
    ["sum(x > 0)", { x }, [], [4]],
    ["mean(x, weight = w)", { x, w: bools([2, 3], 1, 0, 0, 0, 1, 0) }, [], [3]],
    ["mean(x)", { x }, [], [1 / 6]],
    ["mean(x, weight = w)", { x, w: bools([2, 3], 0, 0, 0, 0, 0, 0) }, [], [0]],
    // Choice.
    ["if x > 0 then x else 0", { x }, [2, 3], [1, 2, 3, 0, 5, 0]],
    ["if x > 0 and x < 3 then 1 else 2", { x }, [2, 3], [1, 1, 2, 2, 2, 2]],
    ["if not (x > 0) then 1.5 else x", { x }, [2, 3], [1, 2, 3, 1.5, 5, 1.5]],
    ["if n == m then 1 else 0", { n: i32([2, 1], 0, 2), m: i32([3], 0, 1, 2) }, [2, 3], [1, 0, 0, 0, 0, 1]],
    // Structure.
    ["concat([x, x[:1]], axis = 0)", { x }, [3, 3], [1, 2, 3, -4, 5, -6, 1, 2, 3]],
    ["iota(3) + n", { n: i32([], 5) }, [3], [5, 6, 7]],
    ["x @ x.T", { x }, [2, 2], [14, -12, -12, 77]],
    ['rearrange(x, "a (b c) -> c a b", b = 1)', { x }, [3, 2, 1], [1, -4, 2, 5, 3, -6]],
    ['x |> rearrange("a b -> b a")', { x }, [3, 2], [1, -4, 2, 5, 3, -6]],
    ['einsum("a b, c b -> a c", x, x)', { x }, [2, 2], [14, -12, -12, 77]],
    ["is_finite(x / y)", { x: f32([2], 1, 2), y: f32([2], 0, 1) }, [2], [0, 1]],
    ["f32(n) * 0.5", { n: i32([2], 1, 3) }, [2], [0.5, 1.5]],
    ["i32(x)", { x: f32([2], 1.9, -1.9) }, [2], [1, -1]],
    ["stop_gradient(x) - x", { x: f32([1], 3) }, [1], [0]],
    ["in_steps(10%, total)", { total: f32([], 50) }, [], [5]],
  ];

  it.each(cases)("%s", (expression, inputs, shape, data) => {
    const actual = evaluateExpression(expression, inputs === undefined ? {} : { inputs });
    expect(actual.shape).toEqual(shape);
    numbersOf(actual).forEach((value, i) => {
      expect(value).toBeCloseTo(data[i]!, 6);
    });
    expect(actual.data.length).toBe(data.length);
  });
});

describe("functions", () => {
  const given = (declarations: string, inputs: Given["inputs"]): Given =>
    inputs === undefined ? { declarations } : { declarations, inputs };

  it("bind dimensions from shapes", () => {
    const declarations = "fn f(x: [A, B]) -> [B] = sum(x, axis = 0) * A + iota(B)";
    expect(numbersOf(evaluateExpression("f(x)", given(declarations, { x })))).toEqual([-6, 15, -4]);
  });

  it("re-bind names, fold loops and split leading axes", () => {
    const declarations = `fn f(x: [2, B]) -> [B] {
      a, b = x
      for i in 0..3 { a = a + b * i }
      return a
    }`;
    expect(numbersOf(evaluateExpression("f(x)", given(declarations, { x })))).toEqual([-11, 17, -15]);
  });

  it("take defaults that see earlier parameters", () => {
    const declarations = "fn f(a: int, b: int = a * 2, c: int = b + 1) -> int = a + b + c";
    expect(elaborateExpression("f(1)", { declarations }).datum).toMatchObject({ value: 6 });
    expect(elaborateExpression("f(1, c = 10)", { declarations }).datum).toMatchObject({ value: 13 });
  });

  it("take axes by the name of a dimension", () => {
    const declarations = "fn f(x: [A, B]) -> [B] = sum(x, axis = A)";
    expect(numbersOf(evaluateExpression("f(x)", given(declarations, { x })))).toEqual([-3, 7, -3]);
    // Two axes of one size: the name that the axis was declared with decides, as far as it is kept.
    const square = f32([2, 2], 1, 2, 3, 4);
    const rows = "fn f(x: [A, B]) -> [B] { y = (x + 1) * max(x, axis = B, keep = true)  return sum(y, axis = A) }";
    expect(numbersOf(evaluateExpression("f(x)", given(rows, { x: square })))).toEqual([20, 26]);
    const flipped = "fn f(x: [A, B]) -> [B] = sum(x.T, axis = A)";
    expect(numbersOf(evaluateExpression("f(x)", given(flipped, { x: square })))).toEqual([4, 6]);
    const lost = "fn g(x: [A, B]) -> [A, B] = x\n fn f(x: [A, B]) -> [B] = sum(g(x), axis = A)";
    expect(() => evaluateExpression("f(x)", given(lost, { x: square }))).toThrow(/E0900: an axis named/);
  });

  it("fill `zeros` and scalars to the promised shape", () => {
    const declarations = "fn f(x: [A, B]) -> [A, B] { y: [B] = zeros  z: [A, B] = 2.5  return z + y }";
    expect(evaluateExpression("f(x)", given(declarations, { x })).shape).toEqual([2, 3]);
  });

  it("tell a missing bool tensor from a false one", () => {
    const declarations = "fn f(m: bool[A]? = none) -> bool[A] = m or true";
    const m = bools([3], 1, 0, 1);
    expect(numbersOf(evaluateExpression("f(m)", given(declarations, { m })))).toEqual([1, 0, 1]);
    const either = evaluateExpression("m or n", { inputs: { m, n: bools([3], 0, 0, 1) } });
    expect(numbersOf(either)).toEqual([1, 0, 1]);
  });

  it("may call themselves, but not without end", () => {
    const declarations = "fn f(n: int) -> int = if n == 0 then 0 else n + f(n - 1)";
    expect(elaborateExpression("f(100)", { declarations }).datum).toMatchObject({ value: 5050 });
    expect(() => elaborateExpression("f(-1)", { declarations })).toThrow(/E0900: more than 200 calls/);
  });

  it("report facts that fail, with the names' values", () => {
    const declarations = "layer L(D: dim, H: dim) where D % H == 0 { fn forward(x: [D]) -> [D] = x }";
    expect(() => elaborateExpression("L(7, 2)", { declarations })).toThrow(/E0210: a fact of `L` does not hold/);
  });
});
