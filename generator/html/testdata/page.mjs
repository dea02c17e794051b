// Opens pages in Chromium as their readers do, and prints a line for each thing
// that is wrong. Usage: node page.mjs MODULES PICTURES PAGE...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const [, , modules, pictures, ...pages] = process.argv;
const require = createRequire(join(modules, "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function look(path, name, width, colorScheme) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
  const page = await context.newPage();
  page.setDefaultTimeout(120000);
  const wrong = (what) => console.log(`${basename(path)} ${name}: ${what}`);
  page.on("pageerror", (e) => wrong(`script: ${e.message}`));
  page.on("request", (r) => {
    if (!/^(file|data):/.test(r.url())) wrong(`request: ${r.url()}`);
  });
  await page.goto("file://" + path);
  await page.screenshot({ path: join(pictures, `${basename(path)}-${name}.png`) });

  const articles = await page.locator("article").count();
  if (articles < 100) { // more of the same takes axe minutes
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
    for (const v of violations) wrong(`axe: ${v.impact} ${v.id}: ${v.nodes[0].html.slice(0, 200)}`);
  }

  if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) wrong("wider than the window");

  // From the keyboard: search, and go to what was found.
  const first = (await page.locator("article").first().getAttribute("id")).replace(/^[a-z]+-/, "");
  await page.keyboard.press("/");
  await page.keyboard.type(first);
  await page.waitForFunction(() => document.getElementById("found").textContent !== "");
  const shown = await page.locator("article:visible").count();
  if (shown < 1 || shown === articles) wrong(`search: ${shown} found`);
  if ((await page.textContent("#found")) !== `${shown} found`) wrong("search: says another number");
  await page.screenshot({ path: join(pictures, `${basename(path)}-${name}-search.png`) });
  await page.keyboard.press("Escape");
  if ((await page.locator("article[hidden]").count()) > 0) wrong("search: Escape does not end it");

  const link = page.locator("nav li a").last();
  await link.focus();
  await page.keyboard.press("Enter");
  const target = page.locator("article").last();
  if (!(await target.evaluate((e) => e.getBoundingClientRect().top < innerHeight))) wrong("a link does not lead to its declaration");
  await context.close();
}

for (const path of pages) {
  await look(path, "wide-light", 1280, "light");
  await look(path, "narrow-dark", 400, "dark");
}
await browser.close();
