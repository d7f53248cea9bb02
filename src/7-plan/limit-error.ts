/** A tensor that no buffer of this adapter can hold: the user's model is too large for it. */
export class PlanLimitError extends Error {
  readonly tensor: string;
  readonly bytes: number;
  readonly limit: number;

  constructor(tensor: string, bytes: number, limit: number) {
    super(`${tensor} needs ${mebibytes(bytes)} in one binding, this adapter allows ${mebibytes(limit)}`);
    this.name = "PlanLimitError";
    this.tensor = tensor;
    this.bytes = bytes;
    this.limit = limit;
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
