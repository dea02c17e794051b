// Tries an API out on its page in Chromium as its readers do, and prints a line
// for each thing that is wrong. browser_test.go has the callee.
// usage: node browser.mjs MODULES PICTURES PAGE ROUTER [USER METHOD SECRET]
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [, , modules, pictures, url, router, user, method, secret] = process.argv;
const require = createRequire(join(modules, "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const wrong = (what) => console.log(`${router}: ${what}`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
page.setDefaultTimeout(120000);
page.on("pageerror", (e) => wrong(`script: ${e.message}`));
page.on("console", (m) => { if (m.type() === "error" && !m.text().includes(nowhere)) wrong(`console: ${m.text()}`); });
page.on("request", (r) => { if (r.url() !== url && !r.url().startsWith("data:")) wrong(`request: ${r.url()}`); });
page.on("websocket", (w) => { if (w.url() !== router && w.url() !== nowhere) wrong(`connection: ${w.url()}`); });
const nowhere = "ws://127.0.0.1:1/ws";

const form = (id) => page.locator(`#${id.replaceAll(".", "\\.")} form.try`);
const status = (text) => page.locator("#session", { hasText: text }).waitFor();

// lines waits for n lines of a log and compares the last of them.
async function lines(id, ...want) {
  const log = form(id).locator(".log p");
  await page.waitForFunction(([id, last]) => {
    const all = document.getElementById(id).querySelectorAll(".log p");
    return all.length > 0 && all[all.length - 1].textContent === last;
  }, [id, want.at(-1)]).catch(() => {});
  const got = (await log.allTextContents()).slice(-want.length);
  if (JSON.stringify(got) !== JSON.stringify(want)) wrong(`${id}: want ${JSON.stringify(want)}, found ${JSON.stringify(got)}`);
}

async function fill(id, fields) {
  for (const [name, value] of Object.entries(fields)) await form(id).locator(`[name=${name}]`).fill(value);
}

const press = (id, name) => form(id).locator(`button[name=${name}]`).click();

const plan = "procedure-stage.plan", walk = "procedure-stage.walk", walked = "topic-stage.walked";
try {
  await page.goto(url);
  if (await form(plan).locator("button[name=send]").isEnabled()) wrong("can call without a session");

  // A router that is not there, then the one that is.
  await page.fill("#connect [name=url]", nowhere);
  await page.click("#connect button");
  await status(`Cannot connect to ${nowhere}`);
  await page.fill("#connect [name=url]", router);
  if (user) {
    await page.selectOption("#connect [name=method]", method);
    await page.fill("#connect [name=authid]", user);
    await page.fill("#connect [name=secret]", "wrong");
    await page.click("#connect button");
    await status("Cannot connect");
    await page.fill("#connect [name=secret]", secret);
  }
  await page.click("#connect button");
  await status("Connected to realm1 as session");

  // A call: what the page offers, and what the reader writes.
  await press(plan, "send");
  await lines(plan, 'result [0,["",""]] {"rest":false}');
  await fill(plan, { args: '["Köln", "Bonn"]', kwargs: '{"pace": 0.1}' });
  await press(plan, "send");
  await lines(plan, 'result [300,["Köln","Bonn"]] {"rest":true}');
  await fill(plan, { args: '["Köln"]' });
  await press(plan, "send");
  await page.waitForFunction((id) => /^error wamp.error.invalid_argument /.test(document.getElementById(id).querySelector(".log p:last-child").textContent), plan);
  await fill(plan, { args: "Köln" });
  await press(plan, "send");
  await page.waitForFunction((id) => /JSON/.test(document.getElementById(id).querySelector(".log p:last-child").textContent), plan);

  // Progressive results, and the event that the callee publishes.
  await press(walked, "subscribe");
  await form(walked).getByText("Unsubscribe").waitFor();
  await fill(walk, { args: "[3]" });
  await press(walk, "send");
  await lines(walk, 'progress [1,"km 1"]', 'progress [2,"km 2"]', 'progress [3,"km 3"]', "result [3]");
  await lines(walked, 'event [3] {"walker":"Go"}');

  // A declared error has a link to its declaration.
  await fill(walk, { args: "[1000]" });
  await press(walk, "send");
  await lines(walk, 'error too_far ["it is too far"] {"farthest":100}');
  if ((await form(walk).locator(".log p a").getAttribute("href")) !== "#error-too_far") wrong("the error has no link");

  // A call that the reader cancels.
  await fill(walk, { args: "[-1]" });
  await press(walk, "send");
  await page.waitForFunction((id) => document.getElementById(id).querySelector(".log p:last-child").textContent.startsWith("progress"), walk);
  await press(walk, "cancel");
  await page.waitForFunction((id) => /^error wamp.error.canceled/.test(document.getElementById(id).querySelector(".log p:last-child").textContent), walk);

  // An event of the page, which it sees itself.
  await fill(walked, { args: "[7]", kwargs: '{"walker": "a browser"}' });
  await press(walked, "send");
  await page.waitForFunction((id) => {
    const all = Array.from(document.getElementById(id).querySelectorAll(".log p"), (l) => l.textContent.trim());
    return all.includes("published") && all.includes('event [7] {"walker":"a browser"}');
  }, walked);
  await press(walked, "subscribe");
  await form(walked).getByText("Subscribe", { exact: true }).waitFor();

  await page.screenshot({ path: join(pictures, "try.png"), fullPage: true });
  await page.evaluate(axe).catch(() => {});
  const { violations } = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
  for (const v of violations) wrong(`axe: ${v.impact} ${v.id}: ${v.nodes[0].html.slice(0, 200)}`);

  await page.click("#connect button");
  await status("Not connected");
  if (await form(plan).locator("button[name=send]").isEnabled()) wrong("can call after the end of the session");
} catch (e) {
  wrong(`${e.message}\n${await page.locator("form.try .log, #session").allTextContents()}`);
}
await browser.close();
