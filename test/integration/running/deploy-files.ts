import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const PROJECT = join(__dirname, '..', '..', '..');

export function textOf(path: string): string {
  return readFileSync(join(PROJECT, path), 'utf8');
}

/** A file of YAML, with what `<<` merges. */
export function yamlOf(path: string): unknown {
  return parse(textOf(path), { merge: true });
}

const rulesSchema = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});

export function alertRules(): readonly { readonly alert: string; readonly expr: string }[] {
  return rulesSchema.parse(yamlOf('deploy/alerts.yml')).groups.flatMap(({ rules }) => rules);
}

const dashboardSchema = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() })),
});

export function dashboardQueries(): readonly string[] {
  const { panels } = dashboardSchema.parse(JSON.parse(textOf('deploy/grafana/dashboards/gethomesafe.json')));
  return panels.flatMap(({ targets }) => targets ?? []).map(({ expr }) => expr);
}

/** What PromQL itself has names for, as far as our queries use it. */
const WORDS = ['by', 'or', 'and', 'sum', 'min', 'max', 'rate', 'increase', 'absent', 'topk', 'histogram_quantile'];

/** Metrics that a query asks for: of a histogram its own name. */
export function metricsIn(query: string): readonly string[] {
  const bare = query.replace(/\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)/g, ' ');
  const names = bare.match(/\b[a-z][a-z0-9_]*\b/g) ?? [];
  return names.filter((name) => !WORDS.includes(name)).map((name) => name.replace(/_(bucket|count|sum)$/, ''));
}
