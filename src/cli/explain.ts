/** `llmc explain E0201`: the page of an error code. */
import { isDiagnosticCode } from "../diagnostics/catalog.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { errorPages } from "./embedded.ts";
import { exitCodes } from "./exit-codes.ts";
import { writeError, writeOut } from "./output.ts";

export function explain(code: string): number {
  const upper = code.toUpperCase();
  const page = errorPages[`${upper}.md`];
  if (page !== undefined && isDiagnosticCode(upper)) {
    writeOut(page);
    return exitCodes.ok;
  }
  const near = suggest(
    upper,
    Object.keys(errorPages).map((file) => file.replace(/\.md$/, "")),
  );
  writeError(`error: there is no error code ${upper}${near === null ? "" : `; did you mean ${near}?`}`);
  return exitCodes.usage;
}
