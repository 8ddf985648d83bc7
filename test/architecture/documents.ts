import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, pathsIn } from './source-tree.js';

/** One page that people read. */
export interface Document {
  readonly path: string;
  readonly text: string;
  /** What is set in code, by backticks or as lines of a block. */
  readonly code: readonly string[];
}

export function documentOf(path: string, text: string): Document {
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)];
  // A picture is no code: its words are labels.
  const lines = blocks.flatMap(([, language, body = '']) => (language === 'mermaid' ? [] : body.split('\n')));
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return { path, text, code: [...spans, ...lines].map((each) => each.trim()).filter((each) => each !== '') };
}

/** Every page of the project. */
export function documents(): readonly Document[] {
  const pages = pathsIn('docs').filter((path) => path.endsWith('.md'));
  return ['README.md', 'CONTRIBUTING.md', ...pages].map((path) => documentOf(path, textOf(path)));
}

export function textOf(path: string): string {
  return readFileSync(join(PROJECT, path), 'utf8');
}
