/** What people write out of habit from other languages, and what to write here: the texts of E0001 and E0002. */

export type Habit = { readonly message: string; readonly label: string; readonly write?: string };

/** Signs that the language does not have. */
export const signHabits: Readonly<Record<string, Habit>> = {
  ";": { message: "no `;` needed here", label: "remove it", write: "" },
  "^": { message: "power is `**`", label: "write `**`", write: "**" },
  "&&": { message: "write `and`, not `&&`", label: "write `and`", write: "and" },
  "&": { message: "there is no `&`: write `and`", label: "write `and`", write: "and" },
  "||": { message: "write `or`, not `||`", label: "write `or`", write: "or" },
  "|": { message: "there is no `|`: write `or`", label: "write `or`", write: "or" },
  "!": { message: "write `not`, not `!`", label: "write `not`", write: "not " },
  "===": { message: "equality is `==`", label: "write `==`", write: "==" },
  "!==": { message: "inequality is `!=`", label: "write `!=`", write: "!=" },
  "=>": { message: "functions are written `fn(x) = …`, not `x => …`", label: "write `=`", write: "=" },
  ":=": { message: "no `:=`: bindings take `=`", label: "write `=`", write: "=" },
  "++": { message: "no `++`: write `x = x + 1`", label: "there is no increment" },
  "\\": { message: "no `\\` needed: newlines mean nothing", label: "remove it", write: "" },
  "…": { message: "an ellipsis is three dots: `...`", label: "write `...`", write: "..." },
  "×": { message: "multiplication is `*`", label: "write `*`", write: "*" },
  "·": { message: "multiplication is `*`", label: "write `*`", write: "*" },
  "÷": { message: "division is `/`", label: "write `/`", write: "/" },
  "−": { message: "minus is `-`", label: "write `-`", write: "-" },
  "–": { message: "minus is `-`", label: "write `-`", write: "-" },
  "≤": { message: "write `<=`", label: "write `<=`", write: "<=" },
  "≥": { message: "write `>=`", label: "write `>=`", write: ">=" },
  "≠": { message: "write `!=`", label: "write `!=`", write: "!=" },
  "→": { message: "an arrow is `->`", label: "write `->`", write: "->" },
  "\u00a0": { message: "this space is a no-break space", label: "write a plain space", write: " " },
  "“": { message: 'strings use straight double quotes: write `"`', label: 'write `"`' },
  "”": { message: 'strings use straight double quotes: write `"`', label: 'write `"`' },
  "'": { message: 'strings use double quotes: write `"`', label: 'write `"`' },
  "`": { message: 'strings use double quotes: write `"`', label: 'write `"`' },
};

/** Words that stand for another word wherever they stand as a value. */
export const valueHabits: ReadonlyMap<string, string> = new Map([
  ["True", "true"],
  ["False", "false"],
  ["None", "none"],
]);

/** Words that open a function elsewhere. */
export const functionHabits: ReadonlySet<string> = new Set(["def", "function", "func", "fun"]);

/** Words that open a binding elsewhere. */
export const bindingHabits: ReadonlySet<string> = new Set(["let", "var", "const", "val"]);

/** Words that open a statement elsewhere and have no counterpart: the help says what takes their place. */
export const statementHabits: Readonly<Record<string, string>> = {
  if: "`if` is an expression: write `x = if c then a else b`",
  elif: "write `else if c then b else d`",
  else: "every `if` is an expression and has both sides: `if c then a else b`",
  while: "the only loop is `for x in list { … }`",
  class: "declarations start with their kind: `layer Name(D: dim) { … }`",
  import: "write `use std.{Linear, adamw}`",
  from: "write `use std.{Linear, adamw}`",
  print: "nothing is printed by a program: jobs have `report` and `log`",
  pass: "an empty body is `{}`",
};
