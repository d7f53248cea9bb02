/**
 * The grammar of grammar/llm.ebnf, rule for rule. Operators stay a flat list here; `operators.ts` gives them their order.
 */
import { EOF } from "chevrotain";
import { RecoveringParser } from "./recovering-parser.ts";
import { is } from "./token-list.ts";
import * as T from "./tokens.ts";

export class LlmParser extends RecoveringParser {
  constructor(options: { readonly validate: boolean }) {
    super(options);
    this.performSelfAnalysis();
  }

  readonly file = this.RULE("file", () => {
    this.repeat("item", () => this.MANY(() => this.SUBRULE(this.item)));
  });

  /** One expression and nothing after it, as `--set name=value` has it. */
  readonly soleExpression = this.RULE("soleExpression", () => {
    this.recovering(null, () => {
      this.SUBRULE(this.expr);
      this.CONSUME(EOF);
    });
  });

  readonly item = this.RULE("item", () => {
    this.recovering("item", () =>
      this.OR([
        { ALT: () => this.SUBRULE(this.use) },
        { ALT: () => this.SUBRULE(this.fn) },
        { ALT: () => this.SUBRULE(this.assert) },
        { ALT: () => this.SUBRULE(this.binding) },
        { ALT: () => this.SUBRULE(this.decl) },
      ]),
    );
  });

  readonly use = this.RULE("use", () => {
    this.CONSUME(T.Use);
    this.OR([{ ALT: () => this.CONSUME(T.Str) }, { ALT: () => this.SUBRULE(this.path) }]);
    this.OPTION(() => {
      this.CONSUME(T.As);
      this.CONSUME(T.Id);
    });
  });

  readonly path = this.RULE("path", () => {
    this.CONSUME(T.Id);
    this.MANY(() => {
      this.CONSUME(T.Dot);
      this.OR([
        { ALT: () => this.CONSUME2(T.Id) },
        { ALT: () => this.CONSUME(T.Star) },
        { ALT: () => this.SUBRULE(this.pathNames) },
      ]);
    });
  });

  readonly pathNames = this.RULE("pathNames", () => {
    this.CONSUME(T.LBrace);
    this.CONSUME(T.Id);
    this.MANY(() => {
      this.CONSUME(T.Comma);
      this.CONSUME2(T.Id);
    });
    this.OPTION(() => this.CONSUME2(T.Comma));
    this.CONSUME(T.RBrace);
  });

  readonly decl = this.RULE("decl", () => {
    this.CONSUME(T.Id);
    this.CONSUME2(T.Id);
    this.OPTION(() => this.SUBRULE(this.params));
    this.OPTION2(() => this.SUBRULE(this.where));
    this.SUBRULE(this.block);
  });

  readonly params = this.RULE("params", () => {
    this.CONSUME(T.LParen);
    this.OPTION(() => {
      this.SUBRULE(this.param);
      this.MANY(() => {
        this.CONSUME(T.Comma);
        this.SUBRULE2(this.param);
      });
      this.OPTION2(() => this.CONSUME2(T.Comma));
    });
    this.CONSUME(T.RParen);
  });

  readonly param = this.RULE("param", () => {
    this.CONSUME(T.Id);
    this.OPTION(() => {
      this.CONSUME(T.Colon);
      this.SUBRULE(this.type);
    });
    this.OPTION2(() => {
      this.CONSUME(T.Assign);
      this.SUBRULE(this.expr);
    });
  });

  readonly where = this.RULE("where", () => {
    this.CONSUME(T.Where);
    this.SUBRULE(this.expr);
    this.MANY(() => {
      this.CONSUME(T.Comma);
      this.SUBRULE2(this.expr);
    });
  });

  readonly block = this.RULE("block", () => {
    this.CONSUME(T.LBrace);
    this.nested(() =>
      this.repeat("member", () =>
        this.MANY(() => {
          this.SUBRULE(this.member);
          this.OPTION(() => this.CONSUME(T.Comma));
        }),
      ),
    );
    this.CONSUME(T.RBrace);
  });

  readonly member = this.RULE("member", () => {
    this.recovering("member", () =>
      this.OR([
        { ALT: () => this.SUBRULE(this.fn) },
        { ALT: () => this.SUBRULE(this.assert) },
        {
          ALT: () => {
            this.CONSUME(T.Ellipsis);
            this.SUBRULE(this.expr);
          },
        },
        { ALT: () => this.SUBRULE(this.binding) },
        {
          ALT: () => {
            this.CONSUME(T.Str);
            this.ACTION(() => this.mendColon(1, false));
            this.CONSUME(T.Assign);
            this.SUBRULE2(this.expr);
          },
        },
      ]),
    );
  });

  readonly fn = this.RULE("fn", () => {
    this.CONSUME(T.Fn);
    this.CONSUME(T.Id);
    this.SUBRULE(this.params);
    this.OPTION(() => {
      this.CONSUME(T.Arrow);
      this.SUBRULE(this.type);
    });
    this.OPTION2(() => this.SUBRULE(this.where));
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Assign);
          this.SUBRULE(this.expr);
        },
      },
      { ALT: () => this.SUBRULE(this.body) },
    ]);
  });

  readonly body = this.RULE("body", () => {
    this.CONSUME(T.LBrace);
    this.nested(() => this.repeat("statement", () => this.MANY(() => this.SUBRULE(this.stmt))));
    this.CONSUME(T.RBrace);
  });

  readonly stmt = this.RULE("stmt", () => {
    this.recovering("statement", () =>
      this.OR([
        { ALT: () => this.SUBRULE(this.binding) },
        {
          ALT: () => {
            this.CONSUME(T.Return);
            this.SUBRULE(this.expr);
          },
        },
        {
          ALT: () => {
            this.CONSUME(T.For);
            this.CONSUME(T.Id);
            this.CONSUME(T.In);
            this.SUBRULE2(this.expr);
            this.SUBRULE(this.body);
          },
        },
        { ALT: () => this.SUBRULE(this.assert) },
      ]),
    );
  });

  readonly binding = this.RULE("binding", () => {
    this.CONSUME(T.Id);
    this.MANY(() => {
      this.CONSUME(T.Comma);
      this.CONSUME2(T.Id);
    });
    this.ACTION(() => this.mendColon(1, true));
    this.OPTION(() => {
      this.CONSUME(T.Colon);
      this.SUBRULE(this.type);
    });
    this.CONSUME(T.Assign);
    this.SUBRULE(this.expr);
  });

  readonly assert = this.RULE("assert", () => {
    this.CONSUME(T.Assert);
    this.SUBRULE(this.expr);
    this.OPTION(() => {
      this.CONSUME(T.Else);
      this.CONSUME(T.Str);
    });
  });

  readonly type = this.RULE("type", () => {
    this.nested(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(T.Id);
            this.OPTION(() => this.SUBRULE(this.shape));
          },
        },
        { ALT: () => this.SUBRULE2(this.shape) },
        { ALT: () => this.SUBRULE(this.fnType) },
        { ALT: () => this.SUBRULE(this.tupleType) },
        { ALT: () => this.SUBRULE(this.recordType) },
      ]),
    );
    this.OPTION2(() => this.CONSUME(T.Question));
  });

  readonly fnType = this.RULE("fnType", () => {
    this.CONSUME(T.Fn);
    this.CONSUME(T.LParen);
    this.OPTION(() => {
      this.SUBRULE(this.type);
      this.MANY(() => {
        this.CONSUME(T.Comma);
        this.SUBRULE2(this.type);
      });
    });
    this.CONSUME(T.RParen);
    this.CONSUME(T.Arrow);
    this.SUBRULE3(this.type);
  });

  readonly tupleType = this.RULE("tupleType", () => {
    this.CONSUME(T.LParen);
    this.SUBRULE(this.type);
    this.MANY(() => {
      this.CONSUME(T.Comma);
      this.SUBRULE2(this.type);
    });
    this.CONSUME(T.RParen);
  });

  readonly recordType = this.RULE("recordType", () => {
    this.CONSUME(T.LBrace);
    this.CONSUME(T.Id);
    this.CONSUME(T.Colon);
    this.SUBRULE(this.type);
    this.MANY(() => {
      this.CONSUME(T.Comma);
      this.CONSUME2(T.Id);
      this.CONSUME2(T.Colon);
      this.SUBRULE2(this.type);
    });
    this.OPTION(() => this.CONSUME2(T.Comma));
    this.CONSUME(T.RBrace);
  });

  readonly shape = this.RULE("shape", () => {
    this.CONSUME(T.LBracket);
    this.OPTION(() => {
      this.SUBRULE(this.axis);
      this.MANY(() => {
        this.CONSUME(T.Comma);
        this.SUBRULE2(this.axis);
      });
    });
    this.CONSUME(T.RBracket);
  });

  readonly axis = this.RULE("axis", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Ellipsis) },
      {
        ALT: () => {
          this.CONSUME(T.Star);
          this.CONSUME(T.Id);
        },
      },
      { ALT: () => this.SUBRULE(this.dim) },
    ]);
  });

  readonly dim = this.RULE("dim", () => {
    this.SUBRULE(this.prefix);
    this.MANY(() => {
      this.CONSUME(T.DimOp);
      this.SUBRULE2(this.prefix);
    });
  });

  readonly expr = this.RULE("expr", () => {
    this.nested(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(T.If);
            this.SUBRULE(this.expr);
            this.CONSUME(T.Then);
            this.SUBRULE2(this.expr);
            this.CONSUME(T.Else);
            this.SUBRULE3(this.expr);
          },
        },
        {
          ALT: () => {
            this.CONSUME(T.Fn);
            this.SUBRULE(this.params);
            this.CONSUME(T.Assign);
            this.SUBRULE4(this.expr);
          },
        },
        {
          ALT: () => {
            const first = this.LA(1);
            this.SUBRULE(this.prefix);
            this.MANY(() => {
              this.CONSUME(T.BinaryOp);
              this.SUBRULE2(this.prefix);
            });
            this.ACTION(() => this.refuseTernary(first));
          },
        },
      ]),
    );
  });

  readonly prefix = this.RULE("prefix", () => {
    this.MANY(() => this.OR([{ ALT: () => this.CONSUME(T.Minus) }, { ALT: () => this.CONSUME(T.Not) }]));
    this.SUBRULE(this.postfix);
  });

  readonly postfix = this.RULE("postfix", () => {
    this.SUBRULE(this.atom);
    this.MANY(() => this.SUBRULE(this.suffix));
  });

  readonly suffix = this.RULE("suffix", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Dot);
          this.CONSUME(T.Id);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.LParen);
          this.OPTION(() => {
            this.SUBRULE(this.arg);
            this.MANY(() => {
              this.CONSUME(T.Comma);
              this.SUBRULE2(this.arg);
            });
            this.OPTION2(() => this.CONSUME2(T.Comma));
          });
          this.CONSUME(T.RParen);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.LBracket);
          this.SUBRULE(this.index);
          this.MANY2(() => {
            this.CONSUME3(T.Comma);
            this.SUBRULE2(this.index);
          });
          this.CONSUME(T.RBracket);
        },
      },
    ]);
  });

  readonly arg = this.RULE("arg", () => {
    this.ACTION(() => {
      if (is(this.LA(1), T.Id)) this.mendColon(2, false);
    });
    this.OPTION(() => {
      this.CONSUME(T.Id);
      this.CONSUME(T.Assign);
    });
    this.SUBRULE(this.expr);
  });

  readonly index = this.RULE("index", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Ellipsis) },
      {
        ALT: () => {
          this.CONSUME(T.Colon);
          this.OPTION(() => this.SUBRULE(this.expr, { LABEL: "to" }));
        },
      },
      {
        ALT: () => {
          this.SUBRULE2(this.expr, { LABEL: "from" });
          this.OPTION2(() => {
            this.CONSUME2(T.Colon);
            this.OPTION3(() => this.SUBRULE3(this.expr, { LABEL: "to" }));
          });
        },
      },
    ]);
  });

  readonly atom = this.RULE("atom", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Num) },
      { ALT: () => this.CONSUME(T.Quantity) },
      { ALT: () => this.CONSUME(T.Percent) },
      { ALT: () => this.CONSUME(T.Str) },
      { ALT: () => this.CONSUME(T.True) },
      { ALT: () => this.CONSUME(T.False) },
      { ALT: () => this.CONSUME(T.None) },
      { ALT: () => this.CONSUME(T.Id) },
      { ALT: () => this.SUBRULE(this.group) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.block) },
    ]);
  });

  readonly group = this.RULE("group", () => {
    this.CONSUME(T.LParen);
    this.SUBRULE(this.expr);
    this.MANY(() => {
      this.CONSUME(T.Comma);
      this.SUBRULE2(this.expr);
    });
    this.CONSUME(T.RParen);
  });

  readonly list = this.RULE("list", () => {
    this.CONSUME(T.LBracket);
    this.OPTION(() => {
      this.SUBRULE(this.expr);
      this.OR([
        {
          ALT: () => {
            this.CONSUME(T.For);
            this.CONSUME(T.Id);
            this.CONSUME(T.In);
            this.SUBRULE2(this.expr);
          },
        },
        {
          ALT: () => {
            this.MANY(() => {
              this.CONSUME(T.Comma);
              this.SUBRULE3(this.expr);
            });
            this.OPTION2(() => this.CONSUME2(T.Comma));
          },
        },
      ]);
    });
    this.CONSUME(T.RBracket);
  });
}
