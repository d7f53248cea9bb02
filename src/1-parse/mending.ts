/** What the mending of words and of signs share. */
import type { IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/report.ts";
import { spanOf } from "./token-list.ts";

/** Tokens that take the place of the next `used` ones. */
export type Mended = { readonly tokens: readonly IToken[]; readonly used: number };
export type Place = {
  readonly file: string;
  readonly text: string;
  readonly tokens: readonly IToken[];
  readonly at: number;
  readonly before: IToken | undefined;
  readonly report: (diagnostic: Diagnostic) => void;
};

export const one = (token: IToken): Mended => ({ tokens: [token], used: 1 });

/** Reports the token at the place, or `token`, and what to write there. */
export function wrong(
  place: Place,
  code: "E0001" | "E0002",
  message: string,
  label: string,
  write: string | undefined,
  help?: string,
  token = place.tokens[place.at]!,
): void {
  const span = spanOf(place.file, token);
  place.report({
    code,
    severity: "error",
    message,
    labels: [{ span, text: label }],
    ...(help === undefined ? {} : { help }),
    ...(write === undefined ? {} : { edit: { span, text: write } }),
  });
}
