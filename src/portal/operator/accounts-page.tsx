import { Badge, Button, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useAct, useApiList } from '../api/use-api.js';
import { Confirm } from '../frame/acts/confirm.js';
import { Instant } from '../frame/instant.js';
import { type Column, ListTable } from '../frame/lists/list-table.js';
import { useFilter } from '../frame/lists/use-filter.js';
import { Page } from '../frame/page.js';
import { say } from '../frame/say.js';
import { useSession } from '../session/use-session.js';
import { Tokens } from './tokens.js';
import type { Account, DisabledAccount } from './types.js';

/** Who may use the portal and its API. */
export function AccountsPage() {
  const [{ tab }, setFilter] = useFilter(['tab']);
  return (
    <Page title="Accounts and tokens" about="Who may use the portal, and which programs its API.">
      <Tabs
        value={tab === 'tokens' ? 'tokens' : 'accounts'}
        onChange={(next) => setFilter({ tab: next })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="accounts">Accounts</Tabs.Tab>
          <Tabs.Tab value="tokens">Tokens</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="accounts">
          <Accounts />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <Tokens />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Accounts() {
  const enterpriseName = useEnterpriseNames();
  const { data: session } = useSession();
  const accounts = useApiList<Account>('/operator/accounts');
  const [asked, setAsked] = useState<Account | null>(null);
  const disable = useAct<string, DisabledAccount>((id) => {
    return { path: `/operator/accounts/${encodeURIComponent(id)}/disable`, method: 'POST' };
  });
  const close = () => {
    setAsked(null);
    disable.reset();
  };
  const onDisabled = ({ userName, revokedTokens }: DisabledAccount) => {
    say(`Disabled ${userName}. Tokens revoked with it: ${revokedTokens}.`);
    close();
  };
  const columns = columnsOf({ enterpriseName, ownId: session?.account.id, onDisable: setAsked });
  return (
    <>
      <ListTable
        list={accounts}
        caption="Accounts by user name"
        columns={columns}
        keyOf={({ id }) => id}
        empty="There is no account. Make one with: ghs admin create"
        minWidth={860}
      />
      <Confirm
        opened={asked !== null}
        title="Disable this account?"
        confirm="Disable"
        isBusy={disable.isPending}
        error={disable.error}
        onCancel={close}
        onConfirm={() => asked && disable.mutate(asked.id, { onSuccess: onDisabled })}
      >
        <span className="value">{asked?.userName}</span> is signed out everywhere and cannot sign in any more, and the
        tokens that it made end. This is for good: to let them in again, make a new account.
      </Confirm>
    </>
  );
}

/** The name of an enterprise by its id; null is every one. */
export function useEnterpriseNames(): (id: string | null) => string {
  const { data } = useSession();
  const names = new Map(data?.enterprises.map(({ id, name }) => [id, name]));
  return (id) => (id === null ? 'All' : (names.get(id) ?? id));
}

interface ColumnParts {
  readonly enterpriseName: (id: string | null) => string;
  readonly ownId: string | undefined;
  readonly onDisable: (account: Account) => void;
}

function columnsOf({ enterpriseName, ownId, onDisable }: ColumnParts): readonly Column<Account>[] {
  return [
    { heading: 'User name', cell: ({ userName }) => <span className="value">{userName}</span> },
    { heading: 'Role', cell: ({ role }) => role },
    {
      heading: 'Enterprise',
      cell: ({ enterpriseId }) => <span className="value">{enterpriseName(enterpriseId)}</span>,
    },
    {
      heading: 'Signs in with',
      cell: ({ hasPassword, microsoft }) =>
        [hasPassword ? 'password' : [], microsoft ? 'Microsoft' : []].flat().join(', '),
    },
    { heading: 'Last sign-in', cell: ({ lastSignInAt }) => <Instant at={lastSignInAt} none="Never" /> },
    {
      heading: 'State',
      cell: (account) => {
        if (account.disabledAt !== null) return <Badge color="gray">Disabled</Badge>;
        if (account.id === ownId) return 'Your own';
        return (
          <Button
            size="xs"
            variant="default"
            aria-label={`Disable ${account.userName}`}
            onClick={() => onDisable(account)}
          >
            Disable
          </Button>
        );
      },
    },
  ];
}
