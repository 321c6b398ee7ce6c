// Dolos' similarity of every pair of files, for benchmarks/plagiarism.py --dolos:
//   node plagiarism_dolos.mjs FOLDER_OF_THE_PACKAGE LANGUAGE [--ignore FILE] < paths, one a line
// writes "similarity<TAB>left<TAB>right" for each pair that shares anything.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [folder, language, flag, ignored] = process.argv.slice(2);
const entry = join(folder, "node_modules", "@dodona", "dolos-lib", "dist", "index.js");
const { Dolos } = await import(pathToFileURL(entry).href);
const paths = [];
for await (const line of createInterface({ input: process.stdin })) if (line) paths.push(line);
const report = await new Dolos({ language }).analyzePaths(paths, flag === "--ignore" ? ignored : undefined);
const rows = report.allPairs().filter((pair) => pair.similarity > 0);
process.stdout.write(rows.map((p) => `${p.similarity}\t${p.leftFile.path}\t${p.rightFile.path}\n`).join(""));
