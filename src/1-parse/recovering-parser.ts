/**
 * A Chevrotain parser with our own recovery, at three levels (items, members, statements): an error skips to the next token
 * at the same depth of brackets that can begin one. The tokens have their brackets in pairs, so this finds the right place
 * and nothing cascades.
 */
import { CstParser, EOF, type IToken, MismatchedTokenException } from "chevrotain";
import type { Diagnostic } from "../diagnostics/report.ts";
import { colonForAssign, ternary } from "./explain-mended.ts";
import { explainSyntaxError, type SyntaxContext, syntaxMessages } from "./explain-syntax-error.ts";
import { maxNesting, TooDeep } from "./nesting.ts";
import { bracketDepths, type Expected, skipType, startsRound } from "./sync.ts";
import { endsOperand, is, retagInPlace } from "./token-list.ts";
import * as T from "./tokens.ts";

/** After so many errors the rest is not read. */
const maxErrors = 20;

export abstract class RecoveringParser extends CstParser {
  readonly diagnostics: Diagnostic[] = [];
  #file = "";
  #tokens: readonly IToken[] = [];
  #depths: Int32Array = new Int32Array(0);
  #at = new Map<IToken, number>();
  #nesting = 0;

  constructor(options: { readonly validate: boolean }) {
    super(T.allTokens, {
      maxLookahead: 2,
      recoveryEnabled: false,
      nodeLocationTracking: "onlyOffset",
      errorMessageProvider: syntaxMessages,
      skipValidations: !options.validate,
    });
  }

  /** Sets what is to be parsed next. */
  open(file: string, tokens: readonly IToken[]): void {
    this.#file = file;
    this.#tokens = tokens;
    this.#depths = bracketDepths(tokens);
    this.#at = new Map(tokens.map((token, i) => [token, i]));
    this.#nesting = 0;
    this.diagnostics.length = 0;
    this.input = [...tokens];
  }

  /** Counts how deep rules stand in each other. */
  protected nested(parse: () => unknown): void {
    if (++this.#nesting > maxNesting) throw new TooDeep(this.LA(1));
    try {
      parse();
    } finally {
      this.#nesting--;
    }
  }

  /** Runs a repetition; what cannot begin a round of it is reported, skipped, and the repetition goes on. */
  protected repeat(what: Expected, parse: () => void): void {
    parse();
    if (this.RECORDING_PHASE) return;
    while (!is(this.LA(1), EOF, T.RBrace)) {
      const start = this.#position();
      this.#explain(new MismatchedTokenException("", this.LA(1), this.LA(0)), what, start);
      this.#skip(what, start + 1, this.#depths[start]!);
      parse();
    }
  }

  /** Parses one member; on an error, reports it and skips to where the next one may begin. */
  protected recovering(what: Expected | null, parse: () => void): void {
    if (this.RECORDING_PHASE) {
      parse();
      return;
    }
    const start = this.#position();
    try {
      parse();
    } catch (error) {
      if (!isSyntaxError(error)) throw error;
      const at = this.#position();
      const nothingYet = at <= start || (at === start + 1 && is(this.#tokens[start], T.Id));
      if (!(error instanceof Reported)) this.#explain(error, nothingYet ? what : null, nothingYet ? start : at);
      this.#skip(what, Math.max(this.#position(), start + 1), this.#depths[start]!);
    }
  }

  /** Skips to the first token from `from` on that can begin a member at `depth`, or to the bracket that ends the block. */
  #skip(what: Expected | null, from: number, depth: number): void {
    let target = from;
    while (target < this.#tokens.length) {
      if (this.#depths[target]! < depth) break;
      if (this.#depths[target] === depth && what !== null && startsRound(this.#tokens, target, what)) break;
      target++;
    }
    if (this.diagnostics.length >= maxErrors) target = this.#tokens.length;
    for (let at = this.#position(); at < target; at++) this.SKIP_TOKEN();
  }

  #position(): number {
    return this.#at.get(this.LA(1)) ?? this.#tokens.length;
  }

  #explain(error: MismatchedTokenException, expected: Expected | null, at: number): void {
    const context: SyntaxContext = { file: this.#file, tokens: this.#tokens, at, expected };
    const found = explainSyntaxError(error, context);
    if (found !== null) this.diagnostics.push(found);
  }

  /** A `:` where `=` belongs is reported and read as `=`. With `typed`, a type and `=` may follow it. */
  protected mendColon(ahead: number, typed: boolean): void {
    const colon = this.LA(ahead);
    if (!is(colon, T.Colon)) return;
    const at = this.#at.get(colon)!;
    const end = typed ? skipType(this.#tokens, at + 1) : -1;
    if (end >= 0 && is(this.#tokens[end], T.Assign)) return;
    this.diagnostics.push(colonForAssign(this.#file, this.#tokens, at, end));
    retagInPlace(colon, T.Assign);
  }

  /** `a if c else b`: reported with what to write. */
  protected refuseTernary(first: IToken): void {
    if (!is(this.LA(1), T.If) || !endsOperand(this.LA(0))) return;
    const start = this.#at.get(first)!;
    this.diagnostics.push(ternary(this.#file, this.#tokens, start, this.#position()));
    throw new Reported(this.LA(1), this.LA(0));
  }
}

/** A syntax error that has its diagnostic already. */
class Reported extends MismatchedTokenException {
  constructor(token: IToken, before: IToken) {
    super("reported", token, before);
    this.name = "MismatchedTokenException";
  }
}

const syntaxErrors: ReadonlySet<string> = new Set([
  "MismatchedTokenException",
  "NoViableAltException",
  "EarlyExitException",
  "NotAllInputParsedException",
]);

function isSyntaxError(error: unknown): error is MismatchedTokenException {
  return error instanceof Error && syntaxErrors.has(error.name);
}
