import { says } from "../about-task.js";
import { callbackCase, usual } from "../callback-case.js";
import type { Case, Context, Prerequisite } from "../case.js";
import { accepted, judged, refusedAnyhow } from "../checks.js";
import { task } from "../documents.js";
import type { Callbacks } from "../receiver.js";

/** An address that nothing may be posted to. */
interface Refused {
  readonly id: string;
  readonly host: string;
  readonly words: string;
  readonly requirement?: "HOOK-002" | "HOOKW-009";
  /** Where the receiver is when the agent may reach the address for its sake. */
  readonly opened?: Callbacks["place"];
}

const loopback: readonly Refused[] = [
  { id: "loopback", host: "127.0.0.1", words: "of the agent's own host" },
  { id: "loopback.other", host: "127.8.9.10", words: "of the agent's own host, another of the range" },
  { id: "loopback.ipv6", host: "[::1]", words: "of the agent's own host in IPv6" },
  { id: "loopback.mapped", host: "[::ffff:127.0.0.1]", words: "of the agent's own host, mapped into IPv6" },
  { id: "loopback.name", host: "localhost", words: "of the agent's own host, by its name" },
].map((one) => ({ ...one, opened: "loopback" as const }));

const inner: readonly Refused[] = [
  { id: "private.10", host: "10.0.0.1", words: "of 10.0.0.0/8" },
  { id: "private.172", host: "172.16.0.1", words: "of 172.16.0.0/12" },
  { id: "private.172-last", host: "172.31.255.254", words: "at the end of 172.16.0.0/12" },
  { id: "private.192", host: "192.168.0.1", words: "of 192.168.0.0/16" },
  { id: "private.ipv6", host: "[fd12:3456:789a::1]", words: "of fc00::/7" },
  { id: "private.mapped", host: "[::ffff:10.0.0.1]", words: "of 10.0.0.0/8, mapped into IPv6" },
  { id: "private.hexadecimal", host: "0x0a000001", words: "of 10.0.0.0/8, written in hexadecimal" },
  { id: "private.number", host: "167772161", words: "of 10.0.0.0/8, written as one number" },
  { id: "private.octal", host: "012.0.0.1", words: "of 10.0.0.0/8, written in octal" },
  { id: "private.short", host: "10.1", words: "of 10.0.0.0/8, written in two parts" },
].map((one) => ({ ...one, opened: "private" as const }));

const everywhere: readonly Refused[] = [
  { id: "private.nat64", host: "[64:ff9b::a00:1]", words: "of 10.0.0.0/8, within a NAT64 address" },
  { id: "private.6to4", host: "[2002:a00:1::1]", words: "of 10.0.0.0/8, within a 6to4 address" },
  { id: "metadata", host: "169.254.169.254", words: "that tells secrets of a machine in a cloud" },
  { id: "metadata.name", host: "metadata.google.internal", words: "of that kind, by its name" },
  { id: "link-local", host: "169.254.1.1", words: "of 169.254.0.0/16" },
  { id: "link-local.ipv6", host: "[fe80::1]", words: "of fe80::/10" },
  { id: "link-local.mapped", host: "[::ffff:169.254.169.254]", words: "of 169.254.0.0/16, mapped into IPv6" },
  { id: "unspecified", host: "0.0.0.0", words: "that is none" },
  { id: "unspecified.range", host: "0.1.2.3", words: "of 0.0.0.0/8" },
  { id: "unspecified.ipv6", host: "[::]", words: "that is none, in IPv6" },
  { id: "reserved", host: "240.0.0.1", words: "of 240.0.0.0/4" },
  { id: "reserved.broadcast", host: "255.255.255.255", words: "of everybody in a network" },
  { id: "reserved.benchmark", host: "198.18.0.1", words: "of 198.18.0.0/15" },
  { id: "reserved.documentation", host: "203.0.113.7", words: "of 203.0.113.0/24" },
  { id: "reserved.documentation-ipv6", host: "[2001:db8::1]", words: "of 2001:db8::/32" },
];

const named: readonly Refused[] = [
  { id: "multicast", host: "224.0.0.1", words: "of 224.0.0.0/4" },
  { id: "multicast.last", host: "239.255.255.250", words: "at the end of 224.0.0.0/4" },
  { id: "multicast.ipv6", host: "[ff02::1]", words: "of ff00::/8" },
  { id: "carrier", host: "100.64.0.1", words: "of 100.64.0.0/10" },
  { id: "carrier.last", host: "100.127.255.254", words: "at the end of 100.64.0.0/10" },
].map((one) => ({ ...one, requirement: "HOOKW-009" as const }));

const withConfig = (context: Context, config: Readonly<Record<string, unknown>>) =>
  task(context, { payload: { config } });

const isShut = (opened: Callbacks["place"] | undefined): Prerequisite => ({
  words: "the suite itself does not listen at such an address",
  missing: ({ callbacks }) =>
    typeof callbacks !== "string" && opened === callbacks.place
      ? `the suite listens at such an address (${opened}), which the agent is told it may reach`
      : null,
});

const targetOf = (host: string): string => `https://${host}/hook`;

const addresses: readonly Case[] = [...loopback, ...inner, ...everywhere, ...named].map(
  ({ id, host, words, requirement = "HOOK-002", opened }) =>
    callbackCase({
      id: `address.${id}`,
      title: `A callback to an address ${words} is refused: ${host}`,
      requirements: requirement === "HOOK-002" ? [requirement] : ["HOOK-002", requirement],
      prerequisites: [isShut(opened)],
      steps: (callbacks, context) => [usual(callbacks, context), withConfig(context, { callback_url: targetOf(host) })],
      judge: judged(accepted(0), refusedAnyhow(1)),
    }),
);

const toldWhy: Case = callbackCase({
  id: "address.told",
  title: "Who names a callback that may not be reached is told so by asap:transport/webhook_url_rejected",
  level: "SHOULD",
  requirements: ["HOOK-002"],
  steps: (callbacks, context) => [
    usual(callbacks, context),
    withConfig(context, { callback_url: targetOf("169.254.169.254") }),
  ],
  judge: judged(accepted(0), says(1, "asap:transport/webhook_url_rejected")),
});

type Config = (url: string) => Readonly<Record<string, unknown>>;

const configs: readonly (readonly [id: string, words: string, config: Config])[] = [
  ["url.number", "whose URL is a number", () => ({ callback_url: 7 })],
  ["url.list", "whose URL is a list", (url) => ({ callback_url: [url] })],
  ["url.empty", "whose URL is empty", () => ({ callback_url: "" })],
  ["url.relative", "whose URL is relative", () => ({ callback_url: "/hook" })],
  ["url.ftp", "to ftp", (url) => ({ callback_url: url.replace("http", "ftp") })],
  ["url.file", "to a file", () => ({ callback_url: "file:///tmp/hook" })],
  ["url.host", "whose URL names no host", () => ({ callback_url: "http:///hook" })],
  ["events.text", "whose events are a text", (url) => ({ callback_url: url, callback_events: "task.completed" })],
  ["events.unknown", "with an event there is not", (url) => ({ callback_url: url, callback_events: ["task.over"] })],
  ["events.number", "with a number as event", (url) => ({ callback_url: url, callback_events: [7] })],
  ["secret.empty", "whose secret is empty", (url) => ({ callback_url: url, callback_secret: "" })],
  ["secret.number", "whose secret is a number", (url) => ({ callback_url: url, callback_secret: 7 })],
];

const malformed: readonly Case[] = configs.map(([id, words, config]) =>
  callbackCase({
    id: `config.malformed.${id}`,
    title: `A callback ${words} is refused`,
    requirements: ["HOOKW-007"],
    steps: (callbacks, context) => [
      usual(callbacks, context),
      withConfig(context, config(callbacks.url(context.newId()))),
    ],
    judge: judged(accepted(0), refusedAnyhow(1)),
  }),
);

/** Callbacks that an agent must not take. */
export const addressCases: readonly Case[] = [...addresses, toldWhy, ...malformed];
