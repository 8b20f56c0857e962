import type { ArrivalRecord, CaseOutcome, CaseResult, ExchangeRecord, FrameRecord } from "../report.js";
import { placeText, plain } from "./evidence.js";
import { outcomeNames, reasonOf } from "./verdict.js";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML shows it and nothing obeys it, in an element as in the value of an attribute. */
export const escaped = (text: string): string => plain(text).replace(/[&<>"']/g, (char) => entities[char] ?? char);

/** The word of an outcome in names of styles. */
export const styleOf = (outcome: CaseOutcome): string => (outcome === "not-applicable" ? "na" : outcome);

/** A text in a block of its own that scrolls when it is long, also by the keyboard. */
const block = (label: string, text: string): string =>
  `<pre tabindex="0" role="group" aria-label="${escaped(label)}">${escaped(text)}</pre>`;

/** A case as a row that opens. */
export function caseRow(result: CaseResult): string {
  const { id, title, outcome, profile, level, area, elapsedMs } = result;
  const data = `data-outcome="${outcome}" data-profile="${escaped(profile)}" data-level="${level}"`;
  return [
    `<details class="case o-${styleOf(outcome)}" id="${escaped(id)}" ${data}>`,
    `<summary><span class="pill">${outcomeNames[outcome]}</span>`,
    `<span class="name"><b>${escaped(title)}</b><code>${escaped(id)}</code></span>`,
    `<span class="meta">${level} · ${escaped(area)}${elapsedMs === 0 ? "" : ` · ${elapsedMs} ms`}</span></summary>`,
    `<div class="body">${bodyOf(result)}</div></details>`,
  ].join("");
}

function bodyOf(result: CaseResult): string {
  const {
    rules,
    tags,
    profile,
    expected,
    found,
    reason,
    known,
    places = [],
    exchanges = [],
    attempts,
    replay,
  } = result;
  const part = (title: string, html: string) => (html === "" ? "" : `<h3>${title}</h3>${html}`);
  const pair = [
    ["Expected", expected],
    ["Found", found],
  ].flatMap(([name = "", text]) => (text === undefined ? [] : [`<div><h3>${name}</h3>${block(name, text)}</div>`]));
  const parts = [
    part(rules.length === 1 ? "Rule" : "Rules", rules.map(ruleText).join("")),
    pair.length === 0 ? "" : `<div class="pair">${pair.join("")}</div>`,
    part("Reason", reason === undefined ? "" : `<p>${escaped(reasonOf(result))}</p>`),
    part("Tries", attempts === undefined ? "" : `<p>Tried ${attempts} times.</p>`),
    part(
      "Known failure",
      known === undefined
        ? ""
        : `<p>${escaped(known.reason)} Until ${escaped(known.expires)}.${known.issue === undefined ? "" : ` ${escaped(known.issue)}`}</p>`,
    ),
    part(
      "Places",
      places.length === 0
        ? ""
        : `<ul class="list">${places.map((place) => `<li class="mono">${escaped(placeText(place))}</li>`).join("")}</ul>`,
    ),
    part("On the wire", exchanges.map((exchange, at) => exchangeBlock(exchange, at, result)).join("")),
    part(
      "Send it again",
      replay === undefined
        ? ""
        : `<div class="again">${block("Shell line", replay)}<button type="button" class="copy live">Copy</button></div>`,
    ),
    `<p class="soft">${escaped(["profile", profile, ...(tags.length > 0 ? ["· tags", tags.join(", ")] : [])].join(" "))}</p>`,
  ];
  return parts.join("");
}

/** A rule with what stands between backticks as code. */
const quoted = (text: string): string => escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");

const ruleText = ({ id, text, source }: CaseResult["rules"][number]): string =>
  `<p class="rule"><code>${escaped(id)}</code> ${quoted(text)}${source === "" ? "" : ` <span class="soft">(${escaped(source)})</span>`}</p>`;

function exchangeBlock(exchange: ExchangeRecord, at: number, { at: fault, exchanges = [] }: CaseResult): string {
  const { sent, received, token, frames = [], arrived = [], status, atMs, elapsedMs } = exchange;
  const isFault = at === fault;
  const facts = [
    `Exchange ${at + 1} of ${exchanges.length}`,
    status === null ? "no answer" : `status ${status}`,
    `at ${atMs} ms, took ${elapsedMs} ms`,
    ...(isFault ? ["at fault"] : []),
  ];
  const parts: readonly (readonly [string, string])[] = [
    ["Token", token === undefined ? "" : block("Token", JSON.stringify(token, null, 2))],
    ["Sent", block("Sent", sent.trimEnd())],
    ["Received", received === "" ? '<p class="soft">Nothing.</p>' : block("Received", received.trimEnd())],
    ["Frames", frames.length === 0 ? "" : frameTable(frames)],
    ["Webhooks that had arrived", arrived.map(arrivalBlock).join("")],
  ];
  const inner = parts.map(([name, html]) => (html === "" ? "" : `<h4>${name}</h4>${html}`)).join("");
  return `<details class="exchange${isFault ? " fault" : ""}"${isFault ? " open" : ""}><summary>${facts.join(" · ")}</summary><div>${inner}</div></details>`;
}

function frameTable(frames: readonly FrameRecord[]): string {
  const rows = frames.map(({ direction, kind, marks, text, bytes, atMs }) => {
    const cells = [direction, `${atMs} ms`, [kind, ...marks].join(", "), String(bytes)].map(
      (cell) => `<td>${escaped(cell)}</td>`,
    );
    return `<tr>${cells.join("")}<td class="mono">${escaped(text)}</td></tr>`;
  });
  const head = ["Direction", "Time", "Kind", "Bytes", "Text"].map((name) => `<th scope="col">${name}</th>`).join("");
  return `<div class="scroll" tabindex="0" role="group" aria-label="Frames"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function arrivalBlock({ method, path, headers, body, atMs }: ArrivalRecord): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return block(
    "Webhook",
    `${method} ${path === "" ? "(the callback)" : path}   after ${atMs} ms\n${lines.join("\n")}\n\n${body}`,
  );
}
