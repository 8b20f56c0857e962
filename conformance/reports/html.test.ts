import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../../runtime/node.js";
import { chromiumPath, hasChromium } from "../../runtime/testing/services.js";
import { judgeServer } from "../index.js";
import { error } from "../mutants/edit.js";
import { createPlainAgent } from "../mutants/plain-agent.js";
import { wrap } from "../mutants/wrap.js";
import type { Report } from "../report.js";
import { reportFaults } from "../testing/published-schemas.js";
import { hostile, hostileReport, reportOf, sampleCase } from "../testing/sample-report.js";
import { renderHtml } from "./html.js";

const folder = fileURLToPath(new URL("../../.asap/html-report/", import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** The report of an agent that answers errors with a text that means harm. */
async function judgeHostile(): Promise<Report> {
  const agent = createPlainAgent();
  const server = await serve(agent, { port: 0, rateLimit: "off" });
  const wrapped = await wrap(server.url, {
    name: "texts of errors that mean harm",
    killedBy: "",
    answer: error(() => ({ code: -32099, message: hostile })),
  });
  const report = await judgeServer(wrapped.url, {
    only: ["jsonrpc", "health"],
  });
  await wrapped.close();
  await server.close();
  return report;
}

describe.skipIf(!hasChromium)("the HTML report in Chromium", { timeout: 60_000 }, () => {
  let browser: Browser;
  let judged: Report;
  const told: string[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    [browser, judged] = await Promise.all([
      chromium.launch({ executablePath: chromiumPath, args: flags.split(" ") }),
      judgeHostile(),
    ]);
  }, 60_000);
  afterAll(() => browser?.close());

  async function open(report: Report, name: string, options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, renderHtml(report));
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
    page.setDefaultTimeout(15_000);
    page.on("console", (message) => told.push(message.text()));
    page.on("pageerror", (cause) => told.push(cause.message));
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(path).href);
    return page;
  }

  const shown = (page: Page) => page.locator(".case:visible").count();
  const owned = (page: Page) => page.evaluate("typeof window.owned");
  const axeFaults = (page: Page) =>
    page.evaluate(`(() => { ${axe}; return axe.run(document, { resultTypes: ["violations"] }); })()`) as Promise<{
      violations: { id: string; nodes: { target: unknown[] }[] }[];
    }>;
  const faultsOf = async (page: Page) =>
    (await axeFaults(page)).violations.map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes[0]?.target)}`);

  it("shows the findings of a hostile agent; filter, search, bytes, theme and copy work", async () => {
    expect(reportFaults(judged)).toEqual([]);
    const findings = judged.cases.filter(({ outcome }) => outcome === "fail" || outcome === "warn");
    expect(findings.length).toBeGreaterThan(3);
    expect(JSON.stringify(findings)).toContain("onerror=window.owned=1");
    const page = await open(judged, "hostile-agent");
    expect(await page.locator(".verdict strong").textContent()).toMatch(/^\d+ findings?$/);
    expect(await shown(page)).toBe(findings.length);
    await page.screenshot({ path: join(folder, "light.png") });
    expect(await faultsOf(page)).toEqual([]);

    await page.getByRole("button", { name: "Show all" }).click();
    expect(await shown(page)).toBe(judged.cases.length);
    await page.getByRole("button", { name: /^pass \d/ }).click();
    expect(await shown(page)).toBe(judged.counts.pass);
    await page.getByLabel("Profile").selectOption("discovery");
    expect(await shown(page)).toBe(
      judged.cases.filter(({ outcome, profile }) => outcome === "pass" && profile === "discovery").length,
    );
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByLabel("Level").selectOption("SHOULD");
    expect(await shown(page)).toBe(judged.cases.filter(({ level }) => level === "SHOULD").length);
    await page.getByRole("button", { name: "Show all" }).click();

    const [first] = findings;
    await page.keyboard.press("/");
    await page.keyboard.type(first?.id ?? "");
    expect(await page.locator("#shown").textContent()).toMatch(/^\d+ of \d+ cases shown$/);
    const row = page.locator(`[id="${first?.id}"]`);
    await row.locator("> summary").focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => row.locator("h3", { hasText: "On the wire" }).isVisible()).toBe(true);
    const wire = row.getByRole("group", { name: "Received" }).last();
    expect(await wire.textContent()).toContain("</script><script>window.owned=1</script>");
    await row.getByRole("button", { name: "Copy" }).click();
    await expect.poll(() => row.locator(".copy").textContent()).toMatch(/Copied|Selected/);

    await page.getByRole("button", { name: "Use dark colours" }).click();
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    await page.evaluate("scrollTo(0, 0)");
    await page.screenshot({ path: join(folder, "dark.png") });
    expect(await faultsOf(page)).toEqual([]);
    expect(await page.locator("script").count()).toBe(1);
    expect(await owned(page)).toBe("undefined");
    await page.setViewportSize({ width: 400, height: 800 });
    await page.screenshot({ path: join(folder, "narrow.png") });
    await row.screenshot({ path: join(folder, "narrow-finding.png") });
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    await page.close();
  });

  it("runs no text of a report, wherever it stands, and is whole without scripts", async () => {
    const page = await open(hostileReport(), "hostile-texts", { colorScheme: "dark" });
    await page.getByRole("button", { name: "Show all" }).click();
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    await page
      .locator(".case")
      .first()
      .screenshot({ path: join(folder, "finding.png") });
    expect(await page.locator("img, iframe, link, object, script[src]").count()).toBe(0);
    expect(await owned(page)).toBe("undefined");
    expect(await faultsOf(page)).toEqual([]);
    await page.close();
    const still = await open(hostileReport(), "hostile-texts", { javaScriptEnabled: false });
    expect(await shown(still)).toBe(hostileReport().cases.length);
    await still.close();
  });

  it("filters 800 cases at once, and says n/a where there is no verdict", async () => {
    const exchange = { sent: "POST /asap", received: "HTTP/1.1 200 OK", status: 200, atMs: 0, elapsedMs: 1 };
    const many = Array.from({ length: 800 }, (_, at) =>
      sampleCase("fail", { id: `case.${at}`, expected: "-32600", exchanges: [exchange] }),
    );
    const page = await open(reportOf(many), "many");
    expect(await shown(page)).toBe(800);
    await page.getByLabel("Search").fill("case.799");
    expect(await shown(page)).toBe(1);
    await page.close();
    const none = await open(reportOf([], { outcome: "could-not-run", reason: "no answer" }, 5), "none");
    expect(await none.locator(".verdict strong").textContent()).toBe("n/a");
    await none.close();
  });

  it("asked for nothing but its pages and had nothing to complain of", () => {
    expect(asked.filter((url) => !url.startsWith("file://"))).toEqual([]);
    expect(asked.every((url) => url.endsWith(".html"))).toBe(true);
    expect(told).toEqual([]);
  });
});
