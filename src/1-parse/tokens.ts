/**
 * The words and signs of the language, in the order the lexer tries them. Signs that people bring from other languages have
 * tokens too, so that `mend-tokens.ts` can say what to write instead.
 */
import { createToken, Lexer, type TokenType } from "chevrotain";
import { scanString, scanUnclosedString } from "./scan-string.ts";

/** Anything that stands between two operands, or between two parts of a dimension. */
export const BinaryOp = createToken({ name: "BinaryOp", pattern: Lexer.NA });
export const DimOp = createToken({ name: "DimOp", pattern: Lexer.NA });

const sign = (name: string, text: string, categories: TokenType[] = []): TokenType =>
  createToken({ name, pattern: text, label: `\`${text}\``, categories });

const mistake = (name: string, pattern: RegExp): TokenType => createToken({ name, pattern, line_breaks: false });

export const Space = createToken({
  name: "Space",
  pattern: /[ \t\r\n\f\v\uFEFF]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});
export const Comment = createToken({ name: "Comment", pattern: /#[^\n]*/, group: "comments" });
export const BlockComment = createToken({
  name: "BlockComment",
  pattern: /\/\*(?:[\s\S]*?\*\/|[\s\S]*)/,
  line_breaks: true,
});

export const Id = createToken({ name: "Id", pattern: /[A-Za-z_][A-Za-z0-9_]*/, label: "a name" });

const word = (text: string, categories: TokenType[] = []): TokenType =>
  createToken({
    name: text[0]!.toUpperCase() + text.slice(1),
    pattern: text,
    longer_alt: Id,
    label: `\`${text}\``,
    categories,
  });

export const Use = word("use");
export const As = word("as");
export const Fn = word("fn");
export const Return = word("return");
export const If = word("if");
export const Then = word("then");
export const Else = word("else");
export const For = word("for");
export const In = word("in");
export const Where = word("where");
export const Assert = word("assert");
export const And = word("and", [BinaryOp]);
export const Or = word("or", [BinaryOp]);
export const Not = word("not");
export const True = word("true");
export const False = word("false");
export const None = word("none");

/** The reserved words; the kinds of declarations are ordinary names. */
export const reserved: readonly TokenType[] = [
  Use,
  As,
  Fn,
  Return,
  If,
  Then,
  Else,
  For,
  In,
  Where,
  Assert,
  And,
  Or,
  Not,
  True,
  False,
  None,
];

/**
 * `10%` is a percentage, `384 % 5` is a remainder: a `%` that touches the number on its left belongs to it, unless it touches
 * an operand on its right as well (`384%5`, `384%H`).
 */
export const Percent = createToken({
  name: "Percent",
  pattern: /[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*)?(?:[eE][+-]?[0-9]+)?%(?![\w("[])/,
  label: "a percentage",
});
export const Num = createToken({
  name: "Num",
  pattern: /[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*)?(?:[eE][+-]?[0-9]+|[kMBT])?(?!\w)/,
  label: "a number",
});
/** `500 steps`: a number and the unit after it, joined by `join-quantities.ts`. */
export const Quantity = createToken({ name: "Quantity", pattern: Lexer.NA, label: "a quantity" });
export const BadNumber = mistake("BadNumber", /[0-9]\w*(?:\.[0-9]\w*)?/);

export const Str = createToken({
  name: "Str",
  pattern: scanString,
  start_chars_hint: ['"'],
  line_breaks: true,
  label: "a string",
});
export const UnclosedString = createToken({
  name: "UnclosedString",
  pattern: scanUnclosedString,
  start_chars_hint: ['"'],
  line_breaks: true,
});
export const SingleQuoted = mistake("SingleQuoted", /'(?:[^'\\\n]|\\[^\n]){0,500}'/);

export const Ellipsis = sign("Ellipsis", "...");
export const Range = sign("Range", "..", [BinaryOp]);
export const Dot = sign("Dot", ".");
export const Comma = sign("Comma", ",");
export const Colon = sign("Colon", ":");
export const Question = sign("Question", "?");
export const LParen = sign("LParen", "(");
export const RParen = sign("RParen", ")");
export const LBracket = sign("LBracket", "[");
export const RBracket = sign("RBracket", "]");
export const LBrace = sign("LBrace", "{");
export const RBrace = sign("RBrace", "}");

export const Arrow = sign("Arrow", "->");
export const Pipe = sign("Pipe", "|>", [BinaryOp]);
export const Equal = sign("Equal", "==", [BinaryOp]);
export const NotEqual = sign("NotEqual", "!=", [BinaryOp]);
export const LessEqual = sign("LessEqual", "<=", [BinaryOp]);
export const Less = sign("Less", "<", [BinaryOp]);
export const GreaterEqual = sign("GreaterEqual", ">=", [BinaryOp]);
export const Greater = sign("Greater", ">", [BinaryOp]);
export const Assign = sign("Assign", "=");
export const Power = sign("Power", "**", [BinaryOp]);
export const FloorDivide = sign("FloorDivide", "//", [BinaryOp, DimOp]);
export const Plus = sign("Plus", "+", [BinaryOp, DimOp]);
export const Minus = sign("Minus", "-", [BinaryOp, DimOp]);
export const Star = sign("Star", "*", [BinaryOp, DimOp]);
export const Divide = sign("Divide", "/", [BinaryOp, DimOp]);
export const Modulo = sign("Modulo", "%", [BinaryOp, DimOp]);
export const Contract = sign("Contract", "@", [BinaryOp]);

export const CompoundAssign = mistake("CompoundAssign", /(?:\*\*|\/\/|[-+*/%@|&^])=(?!=)/);
export const Increment = mistake("Increment", /\+\+/);
export const StrictEqual = mistake("StrictEqual", /[=!]==/);
export const FatArrow = mistake("FatArrow", /=>/);
export const Walrus = mistake("Walrus", /:=/);
export const AndAnd = mistake("AndAnd", /&&?/);
export const OrOr = mistake("OrOr", /\|\|?/);
export const Bang = mistake("Bang", /!/);
export const Caret = mistake("Caret", /\^/);
export const Semicolon = mistake("Semicolon", /;/);
export const Backslash = mistake("Backslash", /\\/);
/** A character that nothing matches: `tokenize.ts` makes these of the lexer's errors. */
export const Unknown = createToken({ name: "Unknown", pattern: Lexer.NA });

export const allTokens: TokenType[] = [
  Space,
  Comment,
  BlockComment,
  // `assert` before `as`: the lexer takes the first word that fits.
  ...[...reserved].sort((a, b) => b.name.length - a.name.length),
  Id,
  Percent,
  Num,
  BadNumber,
  Str,
  UnclosedString,
  SingleQuoted,
  CompoundAssign,
  StrictEqual,
  FatArrow,
  Walrus,
  Increment,
  Ellipsis,
  Range,
  Dot,
  Comma,
  Colon,
  Question,
  LParen,
  RParen,
  LBracket,
  RBracket,
  LBrace,
  RBrace,
  Arrow,
  Pipe,
  Equal,
  NotEqual,
  LessEqual,
  Less,
  GreaterEqual,
  Greater,
  Assign,
  Power,
  FloorDivide,
  Plus,
  Minus,
  Star,
  Divide,
  Modulo,
  Contract,
  AndAnd,
  OrOr,
  Bang,
  Caret,
  Semicolon,
  Backslash,
  Unknown,
  Quantity,
  BinaryOp,
  DimOp,
];
