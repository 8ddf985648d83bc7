import { type VariableDescription, variableDescriptions } from './variables.js';

const INTRODUCTION = `# Configuration

This page is generated from the schema that the service reads its environment with; change it there
(\`src/config/variables.ts\`), then run \`npx tsx scripts/generate-docs.ts\`.

Everything that is wrong is reported at once when the service starts. An empty variable counts as not set. A variable
marked as secret can also be read from a file: set \`NAME_FILE\` to its path.
`;

/** The text of docs/configuration.md. */
export function configurationPage(): string {
  const rows = [...variableDescriptions()].map(([name, about]) => row(name, about));
  return [INTRODUCTION, '| variable | if not set | secret | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function row(name: string, about: VariableDescription): string {
  const unset = about.required ? 'the service refuses to start' : about.ifUnset === null ? '' : `\`${about.ifUnset}\``;
  return `| \`${name}\` | ${unset} | ${about.secret ? 'yes' : ''} | ${about.meaning} |`;
}
