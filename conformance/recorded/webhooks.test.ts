import { beforeAll, describe, expect, it } from "vitest";
import { cases } from "../cases/index.js";
import { selectCases } from "../select.js";
import { captureNames } from "./testing/captures.js";
import { expected, reported, shownBy } from "./testing/known.js";
import { webhooksLeft } from "./testing/webhook-aside.js";
import { type JudgedWebhooks, judgeRecordedWebhooks } from "./testing/webhook-judge.js";
import { deliveries, formOf, habitFor } from "./testing/webhook-recordings.js";

describe("The recorded deliveries", () => {
  const posts = deliveries.flatMap((one) => one.posts);

  it("are all that was recorded, each request in one of them", () => {
    const recorded = captureNames().filter((name) => name.startsWith("client_http_POST_hook_"));
    expect(posts.map(({ name }) => name).toSorted()).toEqual(recorded.toSorted());
  });

  it("had as many attempts as the library counted where it gave up", () => {
    const dead = deliveries.filter(({ deadAfter }) => deadAfter !== undefined);
    expect(dead.map(({ status }) => status)).toEqual([500, 302]);
    for (const { posts: attempts, deadAfter } of dead) expect(attempts.length).toBe(deadAfter);
  });

  it("say what is done about a status, about others of its class, and about nothing else", () => {
    const attempts = (status: number) => habitFor(status)?.delivery.posts.length;
    const recorded = [200, 204, 302, 404, 408, 429, 500];
    expect(recorded.map(attempts)).toEqual([1, 1, 6, 1, 1, 1, 6]);
    expect(recorded.map((status) => habitFor(status)?.isRecorded)).toEqual(recorded.map(() => true));
    const alike = [301, 303, 307, 308, 400, 410, 503];
    expect(alike.map(attempts)).toEqual([6, 6, 6, 6, 1, 1, 6]);
    expect(alike.map((status) => habitFor(status)?.isRecorded)).toEqual(alike.map(() => false));
    expect([0, 101].map(habitFor)).toEqual([undefined, undefined]);
  });

  it("are written again byte for byte", () => {
    const signed = posts.find(({ name }) => name === "client_http_POST_hook_ok#1");
    const form = formOf("task.completed", "t1", "s3cret", "127.0.0.1:8200");
    expect([form.headers, form.body.toString()]).toEqual([signed?.headers, signed?.body]);
    const plain = posts.find(({ name }) => name === "client_http_POST_hook_ok#3");
    const unsigned = formOf("task.started", "t2", undefined, "127.0.0.1:8200");
    const names = (headers: readonly (readonly [string, string])[] = []) => headers.map(([name]) => name);
    expect(names(unsigned.headers)).toEqual(names(plain?.headers));
    expect(JSON.parse(unsigned.body.toString())).toMatchObject({ event: "task.started", task_id: "t2" });
  });
});

describe("A recorded sender of webhooks", () => {
  let run: JudgedWebhooks;
  const namesOf = (id: string) => run.judged.filter((one) => one.id === id).flatMap(run.answeredFrom);

  beforeAll(async () => {
    run = await judgeRecordedWebhooks();
  }, 60_000);

  it("breaks what row 18 of section 18 names, and nothing else", () => {
    expect(reported(run.judged)).toEqual(expected(shownBy("webhooks")));
    const found = run.judged.filter(({ outcome }) => outcome === "fail");
    expect(found.map(({ id, found: what }) => [id, what])).toEqual([
      ["webhooks.retry.408", "1 attempts"],
      ["webhooks.retry.429", "1 attempts"],
      ["webhooks.final.302", "2 attempts"],
    ]);
    const idle = run.judged.filter(({ outcome }) => outcome === "not-applicable");
    expect(idle.map(({ id, reason }) => [id, reason])).toEqual([
      ["webhooks.retry.same-id", "deliveries have no webhook-id"],
    ]);
  });

  it("shows it by what was recorded of those statuses themselves", () => {
    for (const { fail, records } of shownBy("webhooks"))
      expect(fail.flatMap(namesOf)).toEqual(expect.arrayContaining([...records]));
    const found = run.judged.filter(({ outcome }) => outcome === "fail").map(({ id }) => id);
    expect(run.stated.filter((id) => found.includes(id))).toEqual([]);
  });

  it("names recordings alone", () => {
    const all = captureNames();
    expect(run.judged.flatMap(run.answeredFrom).filter((name) => !all.includes(name))).toEqual([]);
  });

  it("passes the rest, in part as the wire document states it of more than was recorded", () => {
    const passed = run.judged.filter(({ outcome }) => outcome === "pass").map(({ id }) => id);
    const stated = ["retry.503", "retry.wait", "retry.same-body", "retry.signed", "final.400", "final.410"];
    const redirects = ["301", "303", "307", "308"].map((status) => `redirect.${status}`);
    const recorded = ["retry.500", "final.404", "redirect.302", "body.canonical", "signature.exact", "signature.none"];
    const ids = [...stated, ...redirects, ...recorded, "signature.secret.prefix"].map((id) => `webhooks.${id}`);
    expect(passed.toSorted()).toEqual(ids.toSorted());
    const own = recorded.map((id) => `webhooks.${id}`);
    expect(run.stated.filter((id) => own.includes(id))).toEqual([]);
  });

  it("is not judged where the connection ends without an answer, of which nothing was recorded", () => {
    expect(run.unjudged).toEqual(["webhooks.retry.no-answer"]);
  });

  it("leaves out cases that are said to be left, and no others", () => {
    const all = cases.filter(({ area }) => area === "webhooks").map(({ id }) => id);
    const met = [...run.judged.map(({ id }) => id), ...run.unjudged];
    const only = webhooksLeft.flatMap(({ names }) => names);
    const left = selectCases(cases, { only }).map(({ id }) => id);
    expect([...met, ...left].toSorted()).toEqual(all.toSorted());
  });
});
