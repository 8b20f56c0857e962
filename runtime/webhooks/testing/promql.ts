import { parser } from "@prometheus-io/lezer-promql";

type Node = ReturnType<typeof parser.parse>["topNode"];

/** What a query takes from the store: `asap_requests_total{job="a"}[5m]`. */
export interface PromSelector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly sign: string; readonly value: string }[];
  /** Whether it takes a span of time. */
  readonly isRange: boolean;
  /** The function it is handed to at once; undefined where there is none. */
  readonly taker: string | undefined;
}

/** What a query of PromQL asks for. */
export interface PromQuery {
  readonly selectors: readonly PromSelector[];
  /** Labels that it groups by. */
  readonly groups: readonly string[];
}

/**
 * Reads a query of PromQL by the grammar of Prometheus.
 *
 * @throws SyntaxError naming the place where it is none.
 */
export function readPromql(query: string): PromQuery {
  const selectors: PromSelector[] = [];
  const groups: string[] = [];
  const textOf = (node: Node | null | undefined): string => (node ? query.slice(node.from, node.to) : "");
  parser.parse(query).iterate({
    enter({ type, from, node }) {
      if (type.isError) throw new SyntaxError(`no PromQL from ${from}: ${query.slice(from)} (in ${query})`);
      if (type.name === "GroupingLabels") groups.push(...node.getChildren("LabelName").map(textOf));
      if (type.name !== "VectorSelector") return;
      const isRange = node.parent?.name === "MatrixSelector";
      const call = (isRange ? node.parent : node)?.parent?.parent;
      selectors.push({
        metric: textOf(node.getChild("Identifier")),
        matchers: (node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? []).map((matcher) => ({
          label: textOf(matcher.getChild("LabelName")),
          sign: textOf(matcher.getChild("MatchOp")),
          value: textOf(matcher.getChild("StringLiteral")).slice(1, -1),
        })),
        isRange,
        taker: call?.name === "FunctionCall" ? textOf(call.getChild("FunctionIdentifier")) : undefined,
      });
    },
  });
  return { selectors, groups };
}
