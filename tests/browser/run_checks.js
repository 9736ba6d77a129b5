"use strict";

require("./viewer_checks.js");
require("./export_checks.js");
require("./harness.js").runAll();
