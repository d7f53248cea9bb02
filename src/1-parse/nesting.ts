/** How deep things may stand in each other, so that no phase runs out of stack on a stranger's file. */
import type { IToken } from "chevrotain";

/** Expressions, types and blocks in each other; a chain of operators counts a level for each. */
export const maxNesting = 256;

/** Thrown out of parsing at `maxNesting`, with the token where it happened. */
export class TooDeep extends Error {
  readonly token: IToken;

  constructor(token: IToken) {
    super("too deeply nested");
    this.name = "TooDeep";
    this.token = token;
  }
}
