// Builds static/built/{app.css,app.js,editor.js,charts.js}, bundled and minified; --watch rebuilds on change. Only the
// page that edits loads the editor, and only pages that draw charts load the charts.
import { context } from "esbuild";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";

const here = dirname(fileURLToPath(import.meta.url));

const build = await context({
  absWorkingDir: here,
  entryPoints: [join("js", "app.js"), join("js", "editor.js"), join("js", "charts.js"), join("css", "app.css")],
  outdir: "built",
  entryNames: "[name]",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome123", "firefox120", "safari17.5"],
  logLevel: "info",
});

if (process.argv.includes("--watch")) {
  await build.watch();
} else {
  await build.rebuild();
  await build.dispose();
}
