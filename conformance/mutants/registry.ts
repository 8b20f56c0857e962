import type { Report } from "../index.js";
import { alsoBroken } from "./also.js";

/** What is judged, and how it is set up: kinds of agents that are made wrong, of clients and of documents. */
export type Group =
  | "plain"
  | "limited"
  | "token"
  | "bearer"
  | "oauth"
  | "lasting"
  | "messages"
  | "webhooks"
  | "client"
  | "registry"
  | "manifest";

/** Cases that rightly fail with a mutant beside those that must kill it. */
export interface Also {
  /** Ids, or patterns with `*`. */
  readonly cases: readonly string[];
  /** Why they fail with it, where their names do not say so. */
  readonly because?: string;
}

/** An agent, a client or a document that is wrong in one way, and what must come of judging it. */
export interface KnownMutant {
  /** Stable name, `area/what-is-wrong`. */
  readonly id: string;
  /** What is wrong, for people. */
  readonly name: string;
  readonly role: "agent" | "client" | "document";
  readonly group: Group;
  /** Ids of the cases that must fail, all of them. */
  readonly kills: readonly string[];
  readonly also: readonly Also[];
  /**
   * Whether which further cases fail depends on the moment the mutant meets what brings it down. Then nothing but the
   * cases that must kill it is told of it.
   */
  readonly spreads: boolean;
  /**
   * Has it judged.
   *
   * @param only what is run, as in the options of the suite; the whole suite unless set
   */
  judge(only?: readonly string[]): Promise<Report>;
}

/** Members of a mutant that have defaults. */
export type MutantFacts = Pick<KnownMutant, "name" | "group" | "kills" | "judge"> &
  Partial<Pick<KnownMutant, "role" | "also" | "spreads">>;

/** Makes an entry of the registry; its id is made of the area of the first case and the name. */
export function known({ role = "agent", also = [], spreads = false, ...facts }: MutantFacts): KnownMutant {
  const id = `${areaOf(facts.kills[0] ?? "")}/${kebab(facts.name)}`;
  return { id, role, also: [...also, ...(alsoBroken[id] ?? [])], spreads, ...facts };
}

const areaOf = (id: string): string => id.split(".")[0] ?? id;

const kebab = (name: string): string =>
  name
    .replace(/^-(?=\d)/, "minus ")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/** Options of the suite that every mutant is judged with: a failure is told as one, without another try. */
export const once = { reruns: 0 };
