/** The syntax tree of a `.llm` file, as in grammar/llm.ebnf. Plain data; every node knows its place. */
import type { Span } from "../diagnostics/report.ts";

export type Name = { readonly text: string; readonly span: Span };

/** `# …` and `## …`; documentation comments (`##`) belong to what follows, the rest is kept for the formatter. */
export type Comment = { readonly text: string; readonly doc: boolean; readonly span: Span };

export type File = {
  readonly file: string;
  readonly items: readonly Item[];
  readonly comments: readonly Comment[];
  readonly span: Span;
};

export type Item = Use | FnDecl | Assert | Binding | Decl;

/** `use std.{Linear, adamw}` · `use std.*` · `use std.models.gpt2 as g` · `use "./other.llm" as other`. */
export type Use = {
  readonly kind: "use";
  readonly from:
    | { readonly kind: "file"; readonly path: string; readonly span: Span }
    | { readonly kind: "module"; readonly path: readonly Name[]; readonly span: Span };
  /** "self" binds the last name of the path (or `alias`); "all" is `*`. */
  readonly names: "self" | "all" | readonly Name[];
  readonly alias: Name | null;
  readonly span: Span;
};

/** `kind Name(params) where facts { members }`. Kinds are names: the checker knows which exist. */
export type Decl = {
  readonly kind: "decl";
  readonly declKind: Name;
  readonly name: Name;
  readonly params: readonly Param[] | null;
  readonly where: readonly Expr[];
  readonly members: readonly Member[];
  readonly doc: string;
  readonly span: Span;
};

export type Param = {
  readonly name: Name;
  readonly type: TypeExpr | null;
  readonly default: Expr | null;
  readonly span: Span;
};

export type Member = FnDecl | Assert | Spread | Binding | StringEntry;
/** `...base` */
export type Spread = { readonly kind: "spread"; readonly value: Expr; readonly span: Span };
/** `"blocks.*.attn.qkv" = column(tp)` */
export type StringEntry = {
  readonly kind: "entry";
  readonly key: string;
  readonly keySpan: Span;
  readonly value: Expr;
  readonly span: Span;
};

export type FnDecl = {
  readonly kind: "fn";
  readonly name: Name;
  readonly params: readonly Param[];
  readonly result: TypeExpr | null;
  readonly where: readonly Expr[];
  /** `= expr`, or the statements between braces. */
  readonly body: Expr | readonly Stmt[];
  readonly doc: string;
  readonly span: Span;
};

export type Stmt = Binding | Return | ForLoop | Assert;
/** `a, b: type = expr`: several names split a tuple or a leading axis. */
export type Binding = {
  readonly kind: "binding";
  readonly names: readonly Name[];
  readonly type: TypeExpr | null;
  readonly value: Expr;
  readonly doc: string;
  readonly span: Span;
};
export type Return = { readonly kind: "return"; readonly value: Expr; readonly span: Span };
export type ForLoop = {
  readonly kind: "for";
  readonly name: Name;
  readonly over: Expr;
  readonly body: readonly Stmt[];
  readonly span: Span;
};
export type Assert = {
  readonly kind: "assert";
  readonly condition: Expr;
  readonly message: string | null;
  readonly span: Span;
};

export type TypeExpr =
  /** `dim`, `float`, `i32[B, T]`, `param[O, I]`, `[B, T, D]` (name null). `shape` null where there are no brackets. */
  | {
      readonly kind: "named";
      readonly name: Name | null;
      readonly shape: readonly Axis[] | null;
      readonly optional: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: "fnType";
      readonly params: readonly TypeExpr[];
      readonly result: TypeExpr;
      readonly optional: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: "tupleType";
      readonly elements: readonly TypeExpr[];
      readonly optional: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: "recordType";
      readonly fields: readonly { readonly name: Name; readonly type: TypeExpr }[];
      readonly optional: boolean;
      readonly span: Span;
    };

export type Axis =
  | { readonly kind: "rest"; readonly span: Span } /* ... */
  | { readonly kind: "star"; readonly name: Name; readonly span: Span } /* *S */
  | { readonly kind: "any"; readonly span: Span } /* _ */
  | { readonly kind: "dim"; readonly value: Expr; readonly span: Span };

export type BinaryOp =
  | "|>"
  | "or"
  | "and"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | ".."
  | "+"
  | "-"
  | "*"
  | "/"
  | "//"
  | "%"
  | "@"
  | "**";

/** Base units of quantities as written, singular or plural folded: `step`, `epoch`, … */
export type Unit = "step" | "epoch" | "token" | "sample" | "second" | "minute" | "hour" | "KiB" | "MiB" | "GiB";

export type Expr =
  /** `value` is exact for integers up to 2^53; `integer` tells `1` from `1.0`; `text` is the source's spelling. */
  | {
      readonly kind: "number";
      readonly value: number;
      readonly integer: boolean;
      readonly text: string;
      readonly span: Span;
    }
  | {
      readonly kind: "quantity";
      readonly value: number;
      readonly unit: Unit;
      readonly text: string;
      readonly span: Span;
    }
  /** `10%`: `value` is 0.1. */
  | { readonly kind: "percent"; readonly value: number; readonly text: string; readonly span: Span }
  | { readonly kind: "string"; readonly value: string; readonly span: Span }
  | { readonly kind: "bool"; readonly value: boolean; readonly span: Span }
  | { readonly kind: "none"; readonly span: Span }
  | { readonly kind: "name"; readonly text: string; readonly span: Span }
  | { readonly kind: "if"; readonly condition: Expr; readonly then: Expr; readonly else: Expr; readonly span: Span }
  | { readonly kind: "lambda"; readonly params: readonly Param[]; readonly body: Expr; readonly span: Span }
  | {
      readonly kind: "binary";
      readonly op: BinaryOp;
      readonly opSpan: Span;
      readonly left: Expr;
      readonly right: Expr;
      readonly span: Span;
    }
  | { readonly kind: "unary"; readonly op: "-" | "not"; readonly operand: Expr; readonly span: Span }
  | { readonly kind: "member"; readonly object: Expr; readonly name: Name; readonly span: Span }
  | { readonly kind: "call"; readonly callee: Expr; readonly args: readonly Arg[]; readonly span: Span }
  | { readonly kind: "index"; readonly object: Expr; readonly indices: readonly Index[]; readonly span: Span }
  | { readonly kind: "tuple"; readonly elements: readonly Expr[]; readonly span: Span }
  | { readonly kind: "list"; readonly elements: readonly Expr[]; readonly span: Span }
  /** `[value for name in over]` */
  | {
      readonly kind: "comprehension";
      readonly value: Expr;
      readonly name: Name;
      readonly over: Expr;
      readonly span: Span;
    }
  | { readonly kind: "record"; readonly members: readonly Member[]; readonly span: Span };

export type Arg = { readonly name: Name | null; readonly value: Expr; readonly span: Span };

export type Index =
  | { readonly kind: "rest"; readonly span: Span }
  | { readonly kind: "slice"; readonly from: Expr | null; readonly to: Expr | null; readonly span: Span }
  | { readonly kind: "at"; readonly value: Expr; readonly span: Span };
