import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
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

/** Every TypeScript file below a folder of the project. */
export function sourceFilesIn(folder: string): readonly SourceFile[] {
  return pathsIn(folder)
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => sourceFile(path, readFileSync(join(PROJECT, path), 'utf8')));
}

/** Paths of all files below a folder of the project, in order; none where there is no such folder. */
export function pathsIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(join(PROJECT, folder), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(PROJECT, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
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
