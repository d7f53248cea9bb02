/** Syntax trees valid by construction, with places left blank: what `print` must bring through `parse` unharmed. */
import fc, { type Arbitrary } from "fast-check";
import type {
  Arg,
  Axis,
  BinaryOp,
  Expr,
  File,
  FnDecl,
  Index,
  Item,
  Member,
  Name,
  Param,
  Stmt,
  TypeExpr,
  Use,
} from "../../../src/1-parse/ast.ts";
import { numberValue, percentValue } from "../../../src/1-parse/literals.ts";
import { precedence } from "../../../src/1-parse/operators.ts";
import { unitOf, unitWords } from "../../../src/1-parse/units.ts";

const span = { file: "test.llm", start: 0, end: 0 };
const opSpan = span;
const keySpan = span;

const words = ["x", "Linear", "lr", "D", "H", "block_0", "model", "train", "weight", "param", "f32"];
const names: Arbitrary<Name> = fc.constantFrom(...words).map((text) => ({ text, span }));
const docs = fc.constantFrom("", "", "One line.", 'Two\n\n  lines, # and "quotes"');
const strings = fc.oneof(fc.string({ unit: "grapheme", maxLength: 8 }), fc.string({ unit: "binary", maxLength: 4 }));

const digits = fc.constantFrom("0", "7", "1_000", "2.5", "3e-4", "124M", "10k", "1.5B", "9007199254740991");
const literals: Arbitrary<Expr> = fc.oneof(
  digits.map((text): Expr => ({ kind: "number", ...numberValue(text), text, span })),
  fc
    .constantFrom("10%", "99.5%", "1e1%")
    .map((text): Expr => ({ kind: "percent", value: percentValue(text), text, span })),
  fc.tuple(digits, fc.constantFrom(...unitWords)).map(([number, word]): Expr => {
    return { kind: "quantity", value: numberValue(number).value, unit: unitOf(word)!, text: `${number} ${word}`, span };
  }),
  strings.map((value): Expr => ({ kind: "string", value, span })),
  fc.boolean().map((value): Expr => ({ kind: "bool", value, span })),
  fc.constant<Expr>({ kind: "none", span }),
  names.map(({ text }): Expr => ({ kind: "name", text, span })),
);

const few = <T>(of: Arbitrary<T>, minLength = 0): Arbitrary<T[]> => fc.array(of, { minLength, maxLength: 3 });
const maybe = <T>(of: Arbitrary<T>): Arbitrary<T | null> => fc.option(of, { nil: null });

const operators = [...precedence.keys()].filter((op) => op !== "|>") as BinaryOp[];
const dimOperators: BinaryOp[] = ["+", "-", "*", "/", "//", "%"];

type Nodes = {
  expr: Expr;
  callable: Expr;
  dim: Expr;
  dimAtom: Expr;
  type: TypeExpr;
  axis: Axis;
  param: Param;
  arg: Arg;
  index: Index;
  member: Member;
  stmt: Stmt;
  binding: Extract<Member, { kind: "binding" }>;
  fn: FnDecl;
  assert: Extract<Stmt, { kind: "assert" }>;
};

const deep = { maxDepth: 4, depthIdentifier: "tree" } as const;

const trees = fc.letrec<Nodes>((tie) => ({
  expr: fc.oneof(
    deep,
    { arbitrary: literals, weight: 3 },
    fc.record({
      kind: fc.constant("binary" as const),
      op: fc.constantFrom(...operators),
      opSpan: fc.constant(opSpan),
      left: tie("expr"),
      right: tie("expr"),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("binary" as const),
      op: fc.constant("|>" as const),
      opSpan: fc.constant(opSpan),
      left: tie("expr"),
      right: tie("callable"),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("unary" as const),
      op: fc.constantFrom("-" as const, "not" as const),
      operand: tie("expr"),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("if" as const),
      condition: tie("expr"),
      then: tie("expr"),
      else: tie("expr"),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("lambda" as const),
      params: few(tie("param")),
      body: tie("expr"),
      span: fc.constant(span),
    }),
    fc.record({ kind: fc.constant("member" as const), object: tie("expr"), name: names, span: fc.constant(span) }),
    tie("callable"),
    fc.record({
      kind: fc.constant("index" as const),
      object: tie("expr"),
      indices: few(tie("index"), 1),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("tuple" as const),
      elements: fc.array(tie("expr"), { minLength: 2, maxLength: 3 }),
      span: fc.constant(span),
    }),
    fc.record({ kind: fc.constant("list" as const), elements: few(tie("expr")), span: fc.constant(span) }),
    fc.record({
      kind: fc.constant("comprehension" as const),
      value: tie("expr"),
      name: names,
      over: tie("expr"),
      span: fc.constant(span),
    }),
    fc.record({ kind: fc.constant("record" as const), members: few(tie("member")), span: fc.constant(span) }),
  ),
  callable: fc.record({
    kind: fc.constant("call" as const),
    callee: tie("expr"),
    args: few(tie("arg")),
    span: fc.constant(span),
  }),
  dim: fc.oneof(
    deep,
    { arbitrary: tie("dimAtom"), weight: 2 },
    fc.record({
      kind: fc.constant("binary" as const),
      op: fc.constantFrom(...dimOperators),
      opSpan: fc.constant(opSpan),
      left: tie("dim"),
      right: tie("dim"),
      span: fc.constant(span),
    }),
  ),
  dimAtom: fc.oneof(
    names.map(({ text }): Expr => ({ kind: "name", text, span })),
    fc.constant<Expr>({ kind: "number", ...numberValue("4"), text: "4", span }),
  ),
  type: fc.oneof(
    deep,
    {
      arbitrary: fc.record({
        kind: fc.constant("named" as const),
        name: names,
        shape: maybe(few(tie("axis"))),
        optional: fc.boolean(),
        span: fc.constant(span),
      }),
      weight: 3,
    },
    fc.record({
      kind: fc.constant("named" as const),
      name: fc.constant(null),
      shape: few(tie("axis")),
      optional: fc.boolean(),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("fnType" as const),
      params: few(tie("type")),
      result: tie("type"),
      optional: fc.constant(false),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("tupleType" as const),
      elements: few(tie("type"), 1),
      optional: fc.boolean(),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("recordType" as const),
      fields: few(fc.record({ name: names, type: tie("type") }), 1),
      optional: fc.boolean(),
      span: fc.constant(span),
    }),
  ),
  axis: fc.oneof(
    fc.constant<Axis>({ kind: "rest", span }),
    fc.constant<Axis>({ kind: "any", span }),
    names.map((name): Axis => ({ kind: "star", name, span })),
    tie("dim").map((value): Axis => ({ kind: "dim", value, span })),
  ),
  param: fc.record({ name: names, type: maybe(tie("type")), default: maybe(tie("expr")), span: fc.constant(span) }),
  arg: fc.record({ name: maybe(names), value: tie("expr"), span: fc.constant(span) }),
  index: fc.oneof(
    fc.constant<Index>({ kind: "rest", span }),
    fc.record({
      kind: fc.constant("slice" as const),
      from: maybe(tie("expr")),
      to: maybe(tie("expr")),
      span: fc.constant(span),
    }),
    fc.record({ kind: fc.constant("at" as const), value: tie("expr"), span: fc.constant(span) }),
  ),
  member: fc.oneof(
    deep,
    tie("binding"),
    tie("assert"),
    fc.record({ kind: fc.constant("spread" as const), value: tie("expr"), span: fc.constant(span) }),
    fc.record({
      kind: fc.constant("entry" as const),
      key: strings,
      keySpan: fc.constant(keySpan),
      value: tie("expr"),
      span: fc.constant(span),
    }),
    tie("fn"),
  ),
  stmt: fc.oneof(
    deep,
    tie("binding"),
    tie("assert"),
    fc.record({ kind: fc.constant("return" as const), value: tie("expr"), span: fc.constant(span) }),
    fc.record({
      kind: fc.constant("for" as const),
      name: names,
      over: tie("expr"),
      body: few(tie("stmt")),
      span: fc.constant(span),
    }),
  ),
  binding: fc.record({
    kind: fc.constant("binding" as const),
    names: few(names, 1),
    type: maybe(tie("type")),
    value: tie("expr"),
    doc: docs,
    span: fc.constant(span),
  }),
  assert: fc.record({
    kind: fc.constant("assert" as const),
    condition: tie("expr"),
    message: maybe(strings),
    span: fc.constant(span),
  }),
  fn: fc.record({
    kind: fc.constant("fn" as const),
    name: names,
    params: few(tie("param")),
    result: maybe(tie("type")),
    where: few(tie("expr")),
    body: fc.oneof(tie("expr"), few(tie("stmt"))),
    doc: docs,
    span: fc.constant(span),
  }),
}));

const path = few(names, 1);
const uses: Arbitrary<Use> = fc.oneof(
  fc.record({
    kind: fc.constant("use" as const),
    from: strings.map((p) => ({ kind: "file" as const, path: p, span })),
    names: fc.constant("self" as const),
    alias: maybe(names),
    span: fc.constant(span),
  }),
  fc.record({
    kind: fc.constant("use" as const),
    from: path.map((p) => ({ kind: "module" as const, path: p, span })),
    names: fc.constant("self" as const),
    alias: maybe(names),
    span: fc.constant(span),
  }),
  fc.record({
    kind: fc.constant("use" as const),
    from: path.map((p) => ({ kind: "module" as const, path: p, span })),
    names: fc.oneof(fc.constant("all" as const), few(names, 1)),
    alias: fc.constant(null),
    span: fc.constant(span),
  }),
);

const decls: Arbitrary<Item> = fc.record({
  kind: fc.constant("decl" as const),
  declKind: names,
  name: names,
  params: maybe(few(trees.param)),
  where: few(trees.expr),
  members: few(trees.member),
  doc: docs,
  span: fc.constant(span),
});

export const files: Arbitrary<File> = few<Item>(fc.oneof(uses, decls, trees.fn, trees.binding, trees.assert)).map(
  (items) => ({
    file: "test.llm",
    items,
    comments: [],
    span,
  }),
);

export const exprs: Arbitrary<Expr> = trees.expr;
