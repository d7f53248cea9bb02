/** `data shakespeare { source = text("…")  tokenizer = chars  window = 256  split = { train = 90%, val = 10% } }` */
import type { Context } from "../context.ts";
import type { DataJob } from "../program.ts";
import { fail } from "../static/failures.ts";
import { describeStatic, formatNumber } from "../static/format-static.ts";
import { choiceOf, evaluateField, integerField, notYet, part, pathsField, wrongValue } from "./field-values.ts";
import type { Fields, KindSpec, WrittenField } from "./fields.ts";
import type { JobBase } from "./job-base.ts";
import { jobField } from "./references.ts";

export const dataSpec: KindSpec = {
  fields: {
    source: { required: true },
    tokenizer: { required: true },
    window: { required: true },
    overlap: {},
    split: {},
    shuffle: {},
    pack: { later: "packing of documents" },
    examples: { later: "examples made of several texts" },
    format: { later: "a format of records" },
    map: { later: "a mapping of records" },
    mask: { later: "a mask of the data's own" },
    seed: { later: "a seed of the data's own" },
  },
  renames: {
    path: 'the text is `source = text("…")`',
    file: 'the text is `source = text("…")`',
    files: 'the texts are `source = text("…")`',
    text: 'the text is `source = text("…")`',
    context: "the length of a sequence is `window = $`",
    block_size: "the length of a sequence is `window = $`",
    seq_len: "the length of a sequence is `window = $`",
    sequence_length: "the length of a sequence is `window = $`",
    max_length: "the length of a sequence is `window = $`",
    stride: "windows follow one another; `overlap = 1` shares their last token",
    validation: "parts are `split = { train = 90%, val = 10% }`",
    val: "parts are `split = { train = 90%, val = 10% }`",
  },
};

export function checkData(base: JobBase, fields: Fields, context: Context): DataJob | null {
  const get = (name: string) => fields.get(name);
  const [source, tokenizer, window] = [get("source"), get("tokenizer"), get("window")];
  if (source === undefined || tokenizer === undefined || window === undefined) return null;
  const paths = readSource(source, context);
  const tokenizerName = jobField(tokenizer, "tokenizer", context);
  const length = integerField(window, { least: 2 }, context);
  const overlap = readOverlap(get("overlap"), context);
  const split = readSplit(get("split"), context);
  const shuffle = readShuffle(get("shuffle"), context);
  if (paths === null || tokenizerName === null || length === null || overlap === null) return null;
  if (split === "wrong" || shuffle === null) return null;
  return {
    ...base,
    kind: "data",
    source: { kind: "text", paths },
    tokenizer: tokenizerName,
    window: length,
    overlap,
    split,
    shuffle,
  };
}

function readSource(field: WrittenField, context: Context): readonly string[] | null {
  if (field.value.kind === "string") {
    return wrongValue(
      field,
      "a kind of source",
      `the string ${JSON.stringify(field.value.value)}: write text(…)`,
      context,
    );
  }
  if (field.value.kind === "call" && field.value.callee.kind === "name" && field.value.callee.text === "jsonl") {
    return notYet("a source of records", field.value.span, context);
  }
  const choice = choiceOf(field.value, { text: [{ name: "path" }] }, field, context);
  const path = choice?.args.get("path");
  return path === undefined ? null : pathsField(part(field, "text", path), context);
}

function readOverlap(field: WrittenField | undefined, context: Context): number | null {
  return field === undefined ? 0 : integerField(field, { least: 0, most: 1 }, context);
}

/** Fractions in the order written; they sum to at most 1. */
function readSplit(field: WrittenField | undefined, context: Context): ReadonlyMap<string, number> | null | "wrong" {
  if (field === undefined) return null;
  const value = evaluateField(field, context);
  if (value === null || value.kind === "none") return value === null ? "wrong" : null;
  const expected = "a record of fractions ({ train = 90%, val = 10% })";
  if (value.kind !== "record") return wrongValue(field, expected, describeStatic(value), context) ?? "wrong";
  const fractions = new Map<string, number>();
  for (const [name, fraction] of value.fields) {
    if (fraction.kind !== "percent" && fraction.kind !== "number") {
      return wrongValue(field, expected, describeStatic(fraction), context) ?? "wrong";
    }
    fractions.set(name, fraction.value);
  }
  const bad = [...fractions].find(([, fraction]) => fraction <= 0 || fraction > 1);
  const sum = [...fractions.values()].reduce((total, fraction) => total + fraction, 0);
  const problem =
    bad !== undefined
      ? `${bad[0]} must be in (0%, 100%], got ${formatNumber(bad[1] * 100)}%`
      : sum > 1 + 1e-9
        ? `the parts of a split must not exceed 100%, got ${formatNumber(sum * 100)}%`
        : !fractions.has("train")
          ? "a split needs a part called `train`"
          : null;
  if (problem === null) return fractions;
  fail(context, {
    code: "E0109",
    severity: "error",
    message: problem,
    labels: [{ span: field.value.span, text: "this split" }],
  });
  return "wrong";
}

/** A fresh permutation each epoch, or `none`: the file's order. */
function readShuffle(field: WrittenField | undefined, context: Context): "epoch" | "none" | null {
  if (field === undefined) return "epoch";
  if (field.value.kind === "none") return "none";
  if (field.value.kind === "name" && field.value.text === "epoch") return "epoch";
  if (field.value.kind === "call") {
    choiceOf(field.value, { epoch: null }, field, context);
    return null;
  }
  return wrongValue(field, "`epoch` or `none`", "something else", context);
}
