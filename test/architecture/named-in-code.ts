import type { Command } from 'commander';
import ts from 'typescript';
import { API_ROUTES } from '../../src/api/api-routes.js';
import type { Cli } from '../../src/cli/frame/cli.js';
import { createProgram } from '../../src/cli/program.js';
import { INTAKE_PATHS } from '../../src/intake/intake-router.js';
import { placeOf, type SourceFile, sourceFilesIn, walk } from './source-tree.js';

/** A command of the operator's tool with the names of its options, `--json` and `--help` included. */
export interface NamedCommand {
  /** Without `ghs`: `people why`. */
  readonly name: string;
  readonly options: readonly string[];
}

/** Every command of `ghs`, from commander itself; nothing is opened by building them. */
export function commands(): readonly NamedCommand[] {
  const nobody = (): never => {
    throw new Error('no command runs here');
  };
  const cli: Cli = {
    who: 'test',
    json: false,
    now: () => new Date(0),
    config: nobody,
    services: nobody,
    microsoft: nobody,
    enterpriseId: nobody,
    say: nobody,
    print: nobody,
    answer: nobody,
  };
  return leavesOf(createProgram(cli, { writeOut: nobody, writeErr: nobody }), []);
}

function leavesOf(command: Command, above: readonly string[]): NamedCommand[] {
  if (command.commands.length > 0) {
    return command.commands.flatMap((child) => leavesOf(child, [...above, child.name()]));
  }
  const options = command.options.flatMap(({ long }) => long ?? []);
  return [{ name: above.join(' '), options: [...options, '--json', '--help'] }];
}

/** Texts of the service that name a command of `ghs`: those of the command line and of the operators' pages left out. */
export function textsWithCommand(): readonly { readonly place: string; readonly text: string }[] {
  const found: { place: string; text: string }[] = [];
  const files = sourceFilesIn('src').filter(({ path }) => !/^src\/(cli|simulator|portal|api\/frame)\//.test(path));
  for (const file of files)
    walk(file.tree, (node) => {
      const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
      if (isText && /\bghs [a-z]/.test(node.text)) found.push({ place: placeOf(file, node), text: node.text });
    });
  return found;
}

/** Names of the metrics that are registered anywhere in `src`. */
export function metrics(): readonly string[] {
  const names: string[] = [];
  eachNode(sourceFilesIn('src'), (node) => {
    if (!ts.isNewExpression(node) || !/^(Counter|Gauge|Histogram|Summary)$/.test(node.expression.getText())) return;
    const [options] = node.arguments ?? [];
    if (options === undefined || !ts.isObjectLiteralExpression(options)) return;
    for (const property of options.properties) {
      if (!ts.isPropertyAssignment(property) || property.name.getText() !== 'name') continue;
      if (ts.isStringLiteral(property.initializer)) names.push(property.initializer.text);
    }
  });
  return names;
}

const ROUTING = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'all']);

/** Names of the benchmarks: constants of type `Bench` with a name. */
export function benchmarks(): readonly string[] {
  const names: string[] = [];
  eachNode(sourceFilesIn('scripts/bench'), (node) => {
    if (!ts.isVariableDeclaration(node) || node.type?.getText() !== 'Bench') return;
    const [, name] = /\bname: '([a-z]+)'/.exec(node.initializer?.getText() ?? '') ?? [];
    if (name !== undefined) names.push(name);
  });
  return names;
}

/** Paths that the service answers, the simulator's left out. */
export function routes(): readonly string[] {
  const paths = new Set<string>(INTAKE_PATHS);
  const service = sourceFilesIn('src').filter(({ path }) => !path.startsWith('src/simulator/'));
  eachNode(service, (node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    const { expression, name } = node.expression;
    if (!/(router|app|api)$/i.test(expression.getText()) || !ROUTING.has(name.text)) return;
    const [path] = node.arguments;
    if (path !== undefined && ts.isStringLiteral(path) && path.text.startsWith('/')) paths.add(path.text);
  });
  return [...paths];
}

/** Paths of the API, which describes itself (`GET /api/v1/openapi.json`), and where it begins. */
export function apiPaths(): readonly string[] {
  return ['/api/v1', ...new Set(API_ROUTES.map(({ path }) => `/api/v1${path}`))];
}

/** Variables that the code asks an environment for by name, wherever it does. */
export function variablesRead(): readonly string[] {
  const names = new Set<string>();
  eachNode([...sourceFilesIn('src'), ...sourceFilesIn('scripts')], (node) => {
    if (!ts.isElementAccessExpression(node) || !/\benv(ironment)?$/.test(node.expression.getText())) return;
    if (ts.isStringLiteral(node.argumentExpression)) names.add(node.argumentExpression.text);
  });
  return [...names];
}

/** Every constant in capitals that the code declares, with the file that does. */
export function constants(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const files = ['src', 'scripts', 'test'].flatMap((folder) => sourceFilesIn(folder));
  eachNode(files, (node, { path }) => {
    if (!ts.isVariableDeclaration(node) || !/^[A-Z][A-Z0-9_]+$/.test(node.name.getText())) return;
    found.set(node.name.getText(), [...(found.get(node.name.getText()) ?? []), path]);
  });
  return found;
}

function eachNode(files: readonly SourceFile[], look: (node: ts.Node, file: SourceFile) => void): void {
  for (const file of files) walk(file.tree, (node) => look(node, file));
}
