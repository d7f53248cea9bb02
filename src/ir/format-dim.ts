/** Dimensions as they would be written: `4 * D`, `T - 1`, `D // H`. */
import type { Atom, Dim, Term } from "./dim.ts";

/** As it would be written: `4 * D`, `T - 1`, `D // H`. */
export function formatDim(a: Dim): string {
  if (a.terms.length === 0) return "0";
  // Names before numbers: `T - 1`, not `-1 + T`.
  const ordered = [...a.terms].sort((x, y) => Number(y.coefficient > 0n) - Number(x.coefficient > 0n));
  return ordered
    .map((term, i) => {
      const sign = term.coefficient < 0n ? (i === 0 ? "-" : " - ") : i === 0 ? "" : " + ";
      return sign + formatTerm(term);
    })
    .join("");
}

function formatTerm({ coefficient, factors }: Term): string {
  const size = coefficient < 0n ? -coefficient : coefficient;
  const parts = factors.map(({ atom, power }) => {
    const text = formatAtom(atom, factors.length > 1 || size !== 1n || power > 1);
    return power === 1 ? text : `${text} ** ${power}`;
  });
  return (size === 1n && parts.length > 0 ? parts : [String(size), ...parts]).join(" * ");
}

function formatAtom(atom: Atom, inProduct: boolean): string {
  if (atom.kind === "name") return atom.name;
  const part = (dim: Dim) =>
    dim.terms.length === 1 && (dim.terms[0]?.factors.length ?? 0) <= 1 ? formatDim(dim) : `(${formatDim(dim)})`;
  const text = `${part(atom.of)} ${atom.kind === "quotient" ? "//" : "%"} ${part(atom.by)}`;
  return inProduct ? `(${text})` : text;
}
