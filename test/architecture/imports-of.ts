import { posix } from 'node:path';
import ts from 'typescript';
import { placeOf, type SourceFile, walk } from './source-tree.js';

/** One thing that a file imports. */
export interface Import {
  readonly file: string;
  /** `file:line`. */
  readonly place: string;
  /** A path from the project's folder without its ending, or the name of a package. */
  readonly target: string;
  readonly isRelative: boolean;
  /** Only types: nothing of it is there when the program runs. */
  readonly typesOnly: boolean;
}

/** Everything that a file imports or exports from elsewhere, dynamic imports and types written in place included. */
export function importsOf(file: SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, typesOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const isRelative = specifier.text.startsWith('.');
    const target = isRelative ? resolved(file.path, specifier.text) : packageOf(specifier.text);
    found.push({ file: file.path, place: placeOf(file, node), target, isRelative, typesOnly });
  };
  walk(file.tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, importsTypes(node.importClause));
    if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false);
    }
  });
  return found;
}

function importsTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { namedBindings, name } = clause;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function resolved(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier).replace(/\.[jt]sx?$/, '');
}

function packageOf(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}
