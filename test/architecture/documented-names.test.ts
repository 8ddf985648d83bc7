import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { INDEXES } from '../../src/compose/indexes.js';
import { configurationPage } from '../../src/config/configuration-page.js';
import { variableDescriptions } from '../../src/config/variables.js';
import { type Document, documentOf, documents, textOf } from './documents.js';
import {
  apiPaths,
  benchmarks,
  commands,
  constants,
  metrics,
  routes,
  textsWithCommand,
  variablesRead,
} from './named-in-code.js';
import { PROJECT } from './source-tree.js';

const pages = documents();
const allCode = pages.flatMap(({ code }) => code);
const known = {
  ...{ commands: commands(), constants: constants(), metrics: metrics(), routes: routes() },
  benches: benchmarks(),
};
const scripts: Readonly<Record<string, string>> = JSON.parse(textOf('package.json')).scripts;

/** Variables of the environment that belong to others than the service. */
const OTHERS_VARIABLES = ['PATH', 'NODE_EXTRA_CA_CERTS', 'CHROMIUM_PATH', 'GHS_TEST_LOG', 'PROPERTY_SEED', 'TMPDIR'];
/** First parts of paths that are Microsoft Graph's, the simulator's or the machine's own; `/graph/` is both routes of ours. */
const OTHERS_PATHS =
  /^\/((users|groups|subscriptions|directory|directoryObjects|\$batch|v1\.0|_control|tmp)\b|graph\/$)/;

type Unknown = (code: string) => string | null;

/** What pages name and the code does not know. */
function unknown(of: readonly Document[], find: Unknown): string[] {
  return of.flatMap(({ path, code }) =>
    code.flatMap((each) => {
      const complaint = find(each);
      return complaint === null ? [] : [`${path}: ${complaint}`];
    }),
  );
}

describe('variables of the environment', () => {
  const described = variableDescriptions();

  test('the configuration page is what the schema says', () => {
    const page = textOf('docs/configuration.md');
    expect(page === configurationPage() ? 'same' : 'run: npx tsx scripts/generate-docs.ts').toBe('same');
  });

  test('every variable that the code asks for is described', () => {
    const missing = variablesRead().filter((name) => !described.has(name) && !OTHERS_VARIABLES.includes(name));
    expect(missing.map((name) => `${name} is read, but not in src/config/variables.ts`)).toEqual([]);
  });

  test('every variable and constant that a page names exists', () => {
    expect(unknown(pages, unknownVariable)).toEqual([]);
    expect(unknownVariable('NO_SUCH_VARIABLE')).not.toBeNull();
  });

  function unknownVariable(code: string): string | null {
    const [, name = ''] = /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/.exec(code) ?? [];
    const isFile = name.endsWith('_FILE') && (described.get(name.slice(0, -5))?.secret ?? name === 'NAME_FILE');
    if (name === '' || isFile || described.has(name) || known.constants.has(name)) return null;
    return OTHERS_VARIABLES.includes(name) ? null : `there is no ${name}`;
  }
});

describe('metrics', () => {
  test('every metric is documented', () => {
    const missing = known.metrics.filter((name) => !allCode.includes(name));
    expect(missing.map((name) => `${name} is missing from docs/operations.md`)).toEqual([]);
  });

  test('every metric that a page names exists', () => {
    expect(unknown(pages, unknownMetric)).toEqual([]);
    expect(unknownMetric('no_such_metric_total')).not.toBeNull();
  });

  function unknownMetric(code: string): string | null {
    const isMetric = /^[a-z]+(_[a-z]+)*_(total|seconds|bytes|ratio)$/.test(code);
    return isMetric && !known.metrics.includes(code) ? `there is no metric ${code}` : null;
  }
});

describe('commands', () => {
  test('every command of ghs is documented', () => {
    const missing = known.commands.filter(({ name }) => !allCode.some((code) => code.startsWith(`ghs ${name}`)));
    expect(missing.map(({ name }) => `ghs ${name} is missing from docs/operations.md`)).toEqual([]);
  });

  test('every command and option of ghs that a page names exists', () => {
    expect(unknown(pages, unknownCommand)).toEqual([]);
    expect(unknownCommand('ghs people vanish')).not.toBeNull();
    expect(unknownCommand('npx ghs sync now --no-such-option')).not.toBeNull();
  });

  test('words that the portal may show send nobody to the command line, which is told as the command of an error', () => {
    const texts = textsWithCommand();
    expect(texts.length).toBeGreaterThan(20);
    const inWords = texts.filter(({ text }) => !text.startsWith('ghs '));
    expect(inWords.map(({ place, text }) => `${place} names a command: ${text}`)).toEqual([]);
    expect(texts.map(({ text }) => unknownCommand(text)).filter((complaint) => complaint !== null)).toEqual([]);
  });

  test('every npm script and benchmark that a page names exists', () => {
    const named = allCode.flatMap((code) => [...code.matchAll(/npm run (?:--silent )?([\w:-]+)/g)]);
    const missing = named.map(([, name = '']) => name).filter((name) => scripts[name] === undefined);
    expect(missing.map((name) => `npm run ${name} is not in package.json`)).toEqual([]);
    const benches = allCode.flatMap((code) => [...code.matchAll(/npm run bench -- ([a-z]+)/g)]);
    const unmeasured = benches.map(([, name = '']) => name).filter((name) => !known.benches.includes(name));
    expect(unmeasured.map((name) => `there is no benchmark ${name}`)).toEqual([]);
  });

  function unknownCommand(code: string): string | null {
    const [, words] = /^(?:npx |npm run --silent )?ghs (?:-- )?([a-z].*)$/.exec(code) ?? [];
    if (words === undefined) return null;
    const command = known.commands.find(({ name }) => `${words} `.startsWith(`${name} `));
    if (command === undefined) return `there is no command ghs ${words}`;
    const options = words.split(/\s+/).filter((word) => word.startsWith('--'));
    const odd = options.filter((option) => !command.options.includes(option));
    return odd.length > 0 ? `ghs ${command.name} has no ${odd.join(', ')}` : null;
  }
});

describe('routes', () => {
  test('every route is documented', () => {
    const missing = known.routes.filter((path) => !allCode.some((code) => pathIn(code) === path));
    expect(missing.map((path) => `${path} is missing from docs/operations.md`)).toEqual([]);
  });

  test('every route that a page names exists', () => {
    expect(unknown(pages, unknownRoute)).toEqual([]);
    expect(unknownRoute('GET /no/such/route')).not.toBeNull();
  });

  test('the description of the API leaves out what its page says: the routes of a session', () => {
    const left = known.routes.filter((path) => path.startsWith('/api/v1/') && !apiPaths().includes(path));
    expect(left.filter((path) => !/^\/api\/v1\/(sessions?(\/|$)|openapi\.json$)/.test(path))).toEqual([]);
    expect(textOf('docs/api.md')).toMatch(/routes of its session .* not described there/);
  });

  test('whoever registers the application reads of every address that Microsoft sends browsers back to', () => {
    const back = known.routes.filter((path) => /\/(callback|consent)$/.test(path));
    expect(back).toHaveLength(3);
    for (const path of ['README.md', 'docs/azure-setup.md']) {
      const { code } = documentOf(path, textOf(path));
      expect(back.filter((each) => !code.includes(each))).toEqual([]);
    }
  });

  function pathIn(code: string): string | null {
    return /^(?:(?:GET|POST|PUT|PATCH|DELETE|HEAD) )?(\/[\w$/.:{}-]*)/.exec(code)?.[1] ?? null;
  }

  function unknownRoute(code: string): string | null {
    const path = pathIn(code);
    if (path === null || path === '/' || OTHERS_PATHS.test(path)) return null;
    return [...known.routes, ...apiPaths()].includes(path) ? null : `there is no route ${path}`;
  }
});

describe('files', () => {
  test('every file and folder of the project that a page names exists', () => {
    expect(unknown(pages, missingFile)).toEqual([]);
    expect(missingFile('src/no-such-file.ts')).not.toBeNull();
  });

  test('every link between pages leads somewhere', () => {
    const broken = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].flatMap(([, target = '']) => {
        const found = posix.join(posix.dirname(path), target);
        return existsSync(join(PROJECT, found)) ? [] : [`${path}: nothing at ${found}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  test('every constant in the table of facts stands in the file that it names', () => {
    const rows = textOf('docs/graph-facts.md').matchAll(/\| `([A-Z][A-Z0-9_]+)` \| `([^`]+)` \|/g);
    const named = [...rows].map(([, name = '', path = '']) => ({ name, path }));
    const wrong = named.filter(({ name, path }) => !known.constants.get(name)?.includes(path));
    expect(wrong.map(({ name, path }) => `docs/graph-facts.md: ${path} declares no ${name}`)).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });

  function missingFile(code: string): string | null {
    const [, path] = /^((?:src|scripts|test|docs|\.ci)\/[\w./-]*\w\/?)$/.exec(code) ?? [];
    return path === undefined || existsSync(join(PROJECT, path)) ? null : `there is no ${path}`;
  }
});

test('every collection stands where the state is told, and where people read what is kept of them', () => {
  const collections = [...new Set(INDEXES.map(({ collection }) => collection))];
  for (const path of ['docs/architecture.md', 'docs/running/data-protection.md']) {
    const words = new Set(textOf(path).match(/\w+/g));
    expect(collections.filter((each) => !words.has(each)).map((each) => `${path}: nothing of ${each}`)).toEqual([]);
  }
});

test('code is found in spans and blocks, and not in pictures', () => {
  const page = documentOf('made-up.md', 'See `PORT`.\n```sh\nghs jobs\n```\n```mermaid\nflowchart LR\n```\n');
  expect(page.code).toEqual(['PORT', 'ghs jobs']);
});
