// Opens pages in Chromium, and gathers whatever goes wrong in them.
"use strict";

const { chromium } = require("playwright-core");

class Driver {
  static async start() {
    const driver = new Driver();
    driver.browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox"],
    });
    return driver;
  }
  stop() {
    return this.browser.close();
  }

  // `use` gets the page; afterwards nothing may have gone wrong in it.
  async open(file, use, { hash = "", ...options } = {}) {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    const page = await context.newPage();
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") wrong.push(`console: ${message.text()}`);
    });
    page.on("dialog", (dialog) => wrong.push(`dialog: ${dialog.message()}`));
    page.on("request", (request) => {
      if (request.url().split("#")[0] !== `file://${file}`) wrong.push(`request: ${request.url()}`);
    });
    try {
      await page.goto(`file://${file}${hash}`);
      await page.waitForSelector("html[data-ready]");
      await settled(page);
      await use(page);
    } finally {
      await context.close();
    }
    if (wrong.length > 0) throw new Error(wrong.join("; "));
  }
}

// Until everything that a key or a click caused has been drawn.
async function settled(page) {
  await page.evaluate(
    () =>
      new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)));
      }),
  );
}

async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
  await settled(page);
}

// The event at hand, as the inspector names it: "e318".
function eventAtHand(page) {
  return page.textContent("#inspector h2 .index");
}

// How many different colours a canvas shows.
function colours(page, selector) {
  return page.$eval(selector, (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

module.exports = { Driver, settled, press, eventAtHand, colours };
