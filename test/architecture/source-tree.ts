import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One TypeScript file, as far as the rules look at it. */
export interface SourceFile {
  /** From the project's folder, with slashes: `src/intake/accept.ts`. */
  readonly path: string;
  readonly tree: ts.SourceFile;
  /** Lines, the empty one after the last line end not counted. */
  readonly lines: number;
}

export const PROJECT = join(__dirname, '..', '..');

/** A file made of text, for rules that are shown a file which does not exist. */
export function sourceFile(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  return { path, tree, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0) };
}

const parsed = new Map<string, readonly SourceFile[]>();

/** Every TypeScript file below a folder of the project; parsed once for all tests of a file. */
export function sourceFilesIn(folder: string): readonly SourceFile[] {
  const known = parsed.get(folder);
  if (known !== undefined) return known;
  const files = pathsIn(folder)
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => sourceFile(path, readFileSync(join(PROJECT, path), 'utf8')));
  parsed.set(folder, files);
  return files;
}

/** Paths of all files below a folder of the project, in order, installed packages left out; none without the folder. */
export function pathsIn(folder: string): readonly string[] {
  const absolute = join(PROJECT, folder);
  if (!existsSync(absolute)) return [];
  const entries = readdirSync(absolute, { withFileTypes: true });
  return entries
    .filter(({ name }) => name !== 'node_modules')
    .flatMap((entry) => (entry.isDirectory() ? pathsIn(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]))
    .sort();
}

/** Calls `look` with a node and everything in it. */
export function walk(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => walk(child, look));
}

/** Where a node is, as editors understand it: `src/sync/apply.ts:12`. */
export function placeOf({ path, tree }: SourceFile, node: ts.Node): string {
  return `${path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}
