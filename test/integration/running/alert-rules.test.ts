import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { alertRules, PROJECT, textOf, yamlOf } from './deploy-files.js';

const testsSchema = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()).default([]) })),
    }),
  ),
});

test('each alert is shown firing and silent, and has a section that says what to do', () => {
  const { tests } = testsSchema.parse(yamlOf('deploy/alerts.test.yml'));
  const shown = tests.flatMap((each) => each.alert_rule_test);
  const page = textOf('docs/operations.md');
  const missing = alertRules().flatMap(({ alert }) => {
    const own = shown.filter(({ alertname }) => alertname === alert);
    const fires = own.some(({ exp_alerts }) => exp_alerts.length > 0);
    const isSilent = own.some(({ exp_alerts }) => exp_alerts.length === 0);
    const isExplained = page.includes(`\`${alert}\``);
    return fires && isSilent && isExplained ? [] : [{ alert, fires, isSilent, isExplained }];
  });
  expect(missing).toEqual([]);
});

test('no alert asks for what the image does not have', () => {
  const [, section = ''] = /^## Alerts\n([\s\S]*?)^## /m.exec(textOf('docs/operations.md')) ?? [];
  expect(section).toContain('ghs subscriptions renew');
  expect(textOf('Dockerfile')).not.toMatch(/^COPY .*\/dist\/scripts/m);
  expect([textOf('deploy/alerts.yml'), section].filter((text) => text.includes('scripts/'))).toEqual([]);
});

test('the rules do what their tests say, where promtool is there', async () => {
  if (spawnSync('promtool', ['--version']).error) {
    process.stderr.write('Skipped: promtool is not on the PATH. Debian has it in the package prometheus.\n');
    return;
  }
  for (const args of [
    ['check', 'config', 'prometheus.yml'],
    ['test', 'rules', 'alerts.test.yml'],
  ]) {
    const { stdout, stderr } = await promisify(execFile)('promtool', args, { cwd: join(PROJECT, 'deploy') });
    expect(`${stdout}${stderr}`).toContain('SUCCESS');
  }
});
