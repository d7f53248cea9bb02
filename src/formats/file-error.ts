/** A file that cannot be read or written, or is not what it claims to be. The CLI exits with 5. */
export class FileError extends Error {
  readonly path: string;
  readonly help: string | undefined;

  constructor(path: string, message: string, help?: string) {
    super(message);
    this.name = "FileError";
    this.path = path;
    this.help = help;
  }
}

/** The operating system's refusal as a sentence: `cannot write runs/a/last: no space is left on the device`. */
export function fileError(
  cause: unknown,
  action: "read" | "write" | "create" | "delete" | "open",
  path: string,
): FileError {
  if (cause instanceof FileError) return cause;
  const code = errorCode(cause);
  const reason = code === null ? String(cause) : (reasons[code] ?? code);
  return new FileError(path, `cannot ${action} ${path}: ${reason}`, code === null ? undefined : helps[code]);
}

/** `ENOENT` and its like, or null where the error does not come from the operating system. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission is denied",
  EPERM: "the operation is not permitted",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  EMFILE: "too many files are open",
  EIO: "the device reports an input/output error",
  ELOOP: "its symbolic links form a circle",
};

const helps: Readonly<Record<string, string>> = {
  ENOSPC: "free some space, or write elsewhere with --out; what was saved before is intact",
  EDQUOT: "free some space, or write elsewhere with --out; what was saved before is intact",
  EROFS: "write elsewhere with --out",
};
