/** The colours of messages, or none. */
import pc from "picocolors";
import type { Severity } from "./report.ts";

export type Paint = {
  readonly severity: (severity: Severity, text: string) => string;
  readonly title: (text: string) => string;
  readonly gutter: (text: string) => string;
  readonly related: (text: string) => string;
};

export function painter(color: boolean): Paint {
  const { bold, red, yellow, cyan, blue } = pc.createColors(color);
  const bySeverity = { error: red, warning: yellow, note: cyan } as const;
  return {
    severity: (severity, text) => bold(bySeverity[severity](text)),
    title: bold,
    gutter: (text) => bold(blue(text)),
    related: blue,
  };
}
