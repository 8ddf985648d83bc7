import { Badge } from '@mantine/core';
import type { Run } from '../../api/types.js';
import { STATUS_WORDS } from './words.js';

/** How a run stands, in the same words wherever it shows. */
export function RunStatus({ run }: { readonly run: Run }) {
  const { label, color } = STATUS_WORDS[run.status];
  return (
    <Badge color={color} variant="light" data-status={run.status}>
      {label}
    </Badge>
  );
}
