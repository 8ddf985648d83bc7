/** An edit named a user or group that does not exist, or is not in the state the edit needs. */
export class UnknownObject extends Error {
  override readonly name = 'UnknownObject';
  readonly objectId: string;

  constructor(objectId: string, wanted: string) {
    super(`There is no ${wanted} with the id ${objectId} in this tenant.`);
    this.objectId = objectId;
  }
}
