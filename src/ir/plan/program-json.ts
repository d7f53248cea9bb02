/** Numbers that JSON lacks: ±Infinity and −0, which interpreted kernels hold as constants. For JSON.stringify and JSON.parse. */

/** As replacer: `JSON.stringify(program, toJson)`. */
export function toJson(_key: string, value: unknown): unknown {
  if (typeof value !== "number") return value;
  if (Object.is(value, -0)) return { number: "-0" };
  return Number.isFinite(value) ? value : { number: String(value) };
}

/** As reviver: `JSON.parse(text, fromJson)`. */
export function fromJson(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("number" in value)) return value;
  const { number } = value;
  return typeof number === "string" && Object.hasOwn(numbers, number) ? numbers[number as keyof typeof numbers] : value;
}

const numbers = { "-0": -0, Infinity: Number.POSITIVE_INFINITY, "-Infinity": Number.NEGATIVE_INFINITY } as const;
