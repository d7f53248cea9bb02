/** `tokenizer chars { kind = char_level()  fit = "data/*.txt" }` */
import type { Context } from "../context.ts";
import type { TokenizerJob } from "../program.ts";
import { choiceOf, pathsField } from "./field-values.ts";
import type { Fields, KindSpec } from "./fields.ts";
import type { JobBase } from "./job-base.ts";

export const tokenizerSpec: KindSpec = {
  fields: {
    kind: { required: true },
    fit: { required: true },
    special: { later: "a tokenizer with special tokens" },
    seed: { later: "a tokenizer with a seed" },
  },
  renames: {
    type: "the kind is `kind = char_level()`",
    files: "the texts are `fit = …`",
    source: "the texts are `fit = …`",
    path: "the text is `fit = …`",
  },
};

export function checkTokenizer(base: JobBase, fields: Fields, context: Context): TokenizerJob | null {
  const kind = fields.get("kind");
  const fit = fields.get("fit");
  if (kind === undefined || fit === undefined) return null;
  const algorithm = choiceOf(kind.value, { char_level: [] }, kind, context);
  const paths = pathsField(fit, context);
  if (algorithm === null || paths === null) return null;
  return { ...base, kind: "tokenizer", algorithm: { kind: "char_level" }, fit: paths };
}
