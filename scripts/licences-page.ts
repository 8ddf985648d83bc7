import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string(), license: z.string().optional(), dev: z.boolean().optional() }),
  ),
});

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression as the package states it; `unknown` where it states none. */
  readonly licence: string;
  /** In the image; the others build and test, and React with its components goes into the page's script. */
  readonly isShipped: boolean;
}

/** Every package that `npm ci` installs on any machine, as the lock file names it. */
export function lockedPackages(folder: string): readonly LockedPackage[] {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')));
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, license, dev }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license ?? statedBefore(join(folder, path)),
      isShipped: dev !== true,
    }))
    .sort((a, b) => order(`${a.name} ${a.version}`, `${b.name} ${b.version}`));
}

/** Old packages state a list, which npm does not take into the lock file. */
function statedBefore(folder: string): string {
  const stated = z.object({ licenses: z.array(z.object({ type: z.string() })).default([]) });
  const { licenses } = stated.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  return licenses.map(({ type }) => type).join(' OR ') || 'unknown';
}

/** The page docs/licences.md. */
export function licencesPage(packages: readonly LockedPackage[]): string {
  const shipped = packages.filter(({ isShipped }) => isShipped);
  const rows = new Set(shipped.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`));
  return `# Licences of what we use

This page is generated from package-lock.json by \`npx tsx scripts/generate-docs.ts\`. A test fails where a licence comes in
that nobody has looked at (\`test/architecture/licences.test.ts\`).

| licence | packages in the image | packages that build and test |
|---|---|---|
${countsOf(packages).join('\n')}

Of those that build, React, Mantine, TanStack Query, React Router, the icons and what they need go into the script of the page; they are MIT.
MPL-2.0 is the compiler of styles and the checker of accessibility, CC-BY-4.0 the table of browsers: they build and test, and are not handed on.

## In the image

| package | version | licence |
|---|---|---|
${[...rows].join('\n')}
`;
}

function countsOf(packages: readonly LockedPackage[]): string[] {
  const licences = [...new Set(packages.map(({ licence }) => licence))].sort(order);
  return licences.map((licence) => {
    const own = packages.filter((each) => each.licence === licence);
    const shipped = own.filter(({ isShipped }) => isShipped).length;
    return `| ${licence} | ${shipped} | ${own.length - shipped} |`;
  });
}

/** By code units: the same on every machine. */
function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
