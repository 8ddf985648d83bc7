import { Badge, Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useAct, useApiList } from '../api/use-api.js';
import { Confirm } from '../frame/acts/confirm.js';
import { Instant } from '../frame/instant.js';
import { type Column, ListTable } from '../frame/lists/list-table.js';
import { ProblemAlert } from '../frame/problem-alert.js';
import { ShownOnce } from '../frame/shown-once.js';
import { useSession } from '../session/use-session.js';
import { useEnterpriseNames } from './accounts-page.js';
import type { Token } from './types.js';

const ROLES = [
  { value: 'reader', label: 'Reader' },
  { value: 'admin', label: 'Account administrator' },
  { value: 'operator', label: 'Operator' },
];
const DAYS = ['7', '30', '90', '365'].map((value) => ({ value, label: `${value} days` }));

/** The tokens of programs: made here, told once, ended here. */
export function Tokens() {
  const enterpriseName = useEnterpriseNames();
  const tokens = useApiList<Token>('/operator/tokens');
  const [asked, setAsked] = useState<Token | null>(null);
  const revoke = useAct<string>((id) => {
    return { path: `/operator/tokens/${encodeURIComponent(id)}/revoke`, method: 'POST' };
  });
  const close = () => {
    setAsked(null);
    revoke.reset();
  };
  return (
    <Stack>
      <NewToken />
      <ListTable
        list={tokens}
        caption="Tokens, the newest first"
        columns={columnsOf(enterpriseName, setAsked)}
        keyOf={({ id }) => id}
        empty="There is no token yet."
        minWidth={860}
      />
      <Confirm
        opened={asked !== null}
        title="Revoke this token?"
        confirm="Revoke"
        isBusy={revoke.isPending}
        error={revoke.error}
        onCancel={close}
        onConfirm={() => asked && revoke.mutate(asked.id, { onSuccess: close })}
      >
        The program that uses <span className="value">{asked?.name}</span> is refused from now on.
      </Confirm>
    </Stack>
  );
}

function NewToken() {
  const { data: session } = useSession();
  const form = useForm({
    initialValues: { name: '', role: 'reader', enterpriseId: null as string | null, days: '90' },
  });
  const create = useAct<typeof form.values, { secret: string }>(({ days, ...values }) => {
    return { path: '/operator/tokens', method: 'POST', body: { ...values, days: Number(days) } };
  });
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <Stack gap="sm">
        <Group align="flex-end">
          <TextInput label="What it is for" maxLength={100} required {...form.getInputProps('name')} />
          <Select label="Role" data={ROLES} allowDeselect={false} {...form.getInputProps('role')} />
          <Select
            label="Enterprise"
            placeholder="All"
            clearable
            searchable
            data={session?.enterprises.map(({ id, name }) => ({ value: id, label: name })) ?? []}
            {...form.getInputProps('enterpriseId')}
          />
          <Select label="Good for" data={DAYS} allowDeselect={false} {...form.getInputProps('days')} />
          <Button type="submit" loading={create.isPending}>
            Make a token
          </Button>
        </Group>
        <ProblemAlert error={create.error} />
        {create.data && <ShownOnce title="The token, shown only now" secret={create.data.secret} />}
      </Stack>
    </form>
  );
}

function columnsOf(
  enterpriseName: (id: string | null) => string,
  onRevoke: (token: Token) => void,
): readonly Column<Token>[] {
  return [
    { heading: 'For', cell: ({ name }) => <span className="value">{name}</span> },
    { heading: 'Role', cell: ({ role }) => role },
    {
      heading: 'Enterprise',
      cell: ({ enterpriseId }) => <span className="value">{enterpriseName(enterpriseId)}</span>,
    },
    { heading: 'Made by', cell: ({ createdBy }) => <span className="value">{createdBy}</span> },
    { heading: 'Ends', cell: ({ expiresAt }) => <Instant at={expiresAt} /> },
    { heading: 'Last used', cell: ({ lastUsedAt }) => <Instant at={lastUsedAt} none="Never" /> },
    {
      heading: 'State',
      cell: (token) =>
        token.revokedAt === null ? (
          <Button size="xs" variant="default" aria-label={`Revoke ${token.name}`} onClick={() => onRevoke(token)}>
            Revoke
          </Button>
        ) : (
          <Badge color="gray">Revoked</Badge>
        ),
    },
  ];
}
