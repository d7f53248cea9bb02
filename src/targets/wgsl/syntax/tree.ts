/** The part of WGSL that kernels are made of: a small typed statement tree. Printed by `print.ts`, made by `build.ts`. */

export type Scalar = "f32" | "f16" | "i32" | "u32" | "bool";

/** A scalar (one lane) or a vector. */
export type Type = { readonly scalar: Scalar; readonly lanes: Lanes };
export type Lanes = 1 | 2 | 4;

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "&"
  | "|"
  | "^"
  | "<<"
  | ">>"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">=";

export type Expr =
  /** bool as 0 or 1. */
  | { readonly kind: "literal"; readonly type: Type; readonly value: number }
  | { readonly kind: "name"; readonly type: Type; readonly name: string }
  | { readonly kind: "unary"; readonly type: Type; readonly op: "-" | "!" | "~"; readonly of: Expr }
  | {
      readonly kind: "binary";
      readonly type: Type;
      readonly op: BinaryOperator;
      readonly left: Expr;
      readonly right: Expr;
    }
  /** A builtin function, a helper of this module, or a conversion named by its type. */
  | { readonly kind: "call"; readonly type: Type; readonly fn: string; readonly args: readonly Expr[] }
  | { readonly kind: "convert"; readonly type: Type; readonly args: readonly Expr[] }
  | { readonly kind: "bitcast"; readonly type: Type; readonly of: Expr }
  | { readonly kind: "lane"; readonly type: Type; readonly of: Expr; readonly lane: number }
  /** An element of a storage slot, a workgroup array or a function's array. */
  | { readonly kind: "element"; readonly type: Type; readonly array: string; readonly index: Expr };

export type Statement =
  | { readonly kind: "let"; readonly name: string; readonly value: Expr }
  | { readonly kind: "var"; readonly name: string; readonly type: Type; readonly value: Expr }
  | { readonly kind: "array"; readonly name: string; readonly type: Type; readonly length: number }
  | { readonly kind: "assign"; readonly target: Expr; readonly value: Expr }
  | { readonly kind: "if"; readonly condition: Expr; readonly then: Block; readonly otherwise: Block }
  /** `for (var name = from; name < to; name += by)`, over u32. */
  | {
      readonly kind: "for";
      readonly name: string;
      readonly from: Expr;
      readonly to: Expr;
      readonly by: Expr;
      readonly body: Block;
    }
  | { readonly kind: "barrier" }
  | { readonly kind: "return"; readonly value: Expr }
  | { readonly kind: "comment"; readonly text: string };

/** Grows while a kernel is built; done once the statement that holds it is printed. */
export type Block = Statement[];

export type Helper = {
  readonly name: string;
  /** One line: what it computes, its error, its source. */
  readonly doc: string;
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
  readonly result: Type;
  readonly body: Block;
};

/** Memory of a workgroup. */
export type SharedArray = { readonly name: string; readonly type: Type; readonly length: number };

export type Module = {
  /** Comment lines at the head. */
  readonly header: readonly string[];
  readonly enables: readonly ("f16" | "subgroups")[];
  readonly slots: readonly { readonly access: "read" | "read_write"; readonly element: Type }[];
  readonly shared: readonly SharedArray[];
  readonly helpers: readonly Helper[];
  readonly workgroup: number;
  readonly body: Block;
};
