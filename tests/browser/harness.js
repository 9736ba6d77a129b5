// What all checks share: node run_checks.js PROGRAM FOLDER [WORD], where run.sh has put pages and
// traces. With a word, only checks that have it in their name.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { Driver } = require("./page_driver.js");

const [program, folder, word = ""] = process.argv.slice(2);
const checks = [];
const check = (name, run) => name.includes(word) && checks.push({ name, run });
const file = (name) => path.join(folder, name);
const textOf = (name) => fs.readFileSync(file(name), "utf8");
const linesOf = (name) => textOf(name).trim().split("\n").slice(1, -1).map(JSON.parse);

// Runs them in their order, and ends with one line "N passed, N failed".
async function runAll() {
  const driver = await Driver.start();
  let failed = 0;
  for (const { name, run } of checks) {
    try {
      await run(driver);
      console.log(`ok ${name}`);
    } catch (error) {
      ++failed;
      console.log(`FAILED ${name}\n   ${error.stack}`);
    }
  }
  await driver.stop();
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

module.exports = { program, folder, check, file, textOf, linesOf, runAll };
