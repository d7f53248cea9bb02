/** Functions of a module's own, made when first used: one for each number of lanes. */
import { call, typeOf, widest } from "../syntax/build.ts";
import type { Block, Expr, Helper, Lanes, Scalar } from "../syntax/tree.ts";

/** How a helper is written: `body` for arguments of so many lanes, all of type `of`. */
export type HelperRecipe = {
  /** Part of the minted name: `exp` gives `exp_x1` and `exp_x4`. */
  readonly name: string;
  readonly doc: string;
  readonly parameters: readonly string[];
  readonly of: Scalar;
  readonly result: Scalar;
  readonly body: (args: readonly Expr[], lanes: Lanes, helpers: Helpers) => Block;
};

export class Helpers {
  readonly #made = new Map<string, Helper>();

  /** In the order in which they may be printed. */
  get list(): readonly Helper[] {
    return [...this.#made.values()];
  }

  /** A call of the helper; scalars beside vectors are widened. */
  call(recipe: HelperRecipe, args: readonly Expr[]): Expr {
    const lanes = widest(args);
    const name = `${recipe.name}_x${lanes}`;
    if (!this.#made.has(name)) {
      const type = typeOf(recipe.of, lanes);
      const parameters = recipe.parameters.map((parameter) => ({ name: parameter, type }));
      const names = parameters.map((parameter): Expr => ({ kind: "name", ...parameter }));
      // What the body calls enters the list first.
      const body = recipe.body(names, lanes, this);
      const { doc } = recipe;
      this.#made.set(name, { name, doc, parameters, result: typeOf(recipe.result, lanes), body });
    }
    return call(name, args, recipe.result);
  }
}
