import { useState } from 'react';
import { ApiProblem, send } from '../../api/client.js';
import { useAct } from '../../api/use-api.js';
import { useEnterprise } from '../../session/use-session.js';
import type { ConnectTicket, TenantChange } from '../connection-types.js';
import type { CalendarFate } from './calendar-fate.js';

interface Wanted {
  readonly tenantGuid: string;
  readonly changeTenant?: true;
  readonly calendarActivities?: CalendarFate;
}

/** Enters a Tenant GUID; what that would end is told first, and done when it is confirmed (E77). */
export function useConnecting(onConnected?: () => void) {
  const { base } = useEnterprise();
  const [change, setChange] = useState<TenantChange | null>(null);
  const [lookError, setLookError] = useState<unknown>(null);
  const act = useAct<Wanted, ConnectTicket>((body) => ({
    path: `${base}/integration/connect`,
    ...{ method: 'POST', body },
  }));
  const connect = (wanted: Wanted) =>
    act.mutate(wanted, {
      onSuccess: () => {
        setChange(null);
        onConnected?.();
      },
    });
  const error = lookError ?? act.error;
  const isAtField = error instanceof ApiProblem && error.field === 'tenantGuid';
  const isAsked = change !== null;
  return {
    change,
    isBusy: act.isPending,
    // In the dialog while it is open: what stands behind it neither eye nor screen reader gets to.
    dialogError: isAsked ? error : null,
    fieldError: isAtField && !isAsked ? error.message : undefined,
    otherError: isAtField || isAsked ? null : error,
    enter: async (tenantGuid: string) => {
      act.reset();
      setLookError(null);
      try {
        const found = await send<{ change: TenantChange | null }>(
          `${base}/integration/tenant-change?${new URLSearchParams({ tenantGuid })}`,
        );
        if (found.change === null) connect({ tenantGuid });
        else setChange(found.change);
      } catch (failure) {
        setLookError(failure);
      }
    },
    confirm: (calendarActivities: CalendarFate) =>
      change && connect({ tenantGuid: change.to, changeTenant: true, calendarActivities }),
    cancel: () => setChange(null),
  };
}

/** A new one-time address at which the tenant's administrator signs in and approves. */
export function useSignInAddress(tenantGuid: string) {
  const { base } = useEnterprise();
  return useAct<void, ConnectTicket>(() => ({
    path: `${base}/integration/connect`,
    ...{ method: 'POST', body: { tenantGuid } },
  }));
}
