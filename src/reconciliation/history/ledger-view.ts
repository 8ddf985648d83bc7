import type { LedgerRow } from '../../records/types.js';

/** An entry of the ledger as it is shown: whom it is about by the record's id and the object id. */
export function ledgerView({ _id: id, enterpriseId: _enterprise, userId, objectId, teamId, ...entry }: LedgerRow) {
  return { id, user: userId, person: objectId, team: teamId, ...entry };
}
