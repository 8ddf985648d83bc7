import { BY, openTenancy, type TestTenancy } from './tenancy-fixture.js';

let tenancy: TestTenancy;
beforeAll(async () => {
  tenancy = await openTenancy();
});
afterAll(() => tenancy.drop());

test('an enterprise, an organisation and a team are made, listed and shown', async () => {
  const { structure } = tenancy;
  const enterprise = await structure.createEnterprise({ name: '  Acme \n Field  Services ', by: BY });
  expect(enterprise.name).toBe('Acme Field Services');
  expect(await structure.getEnterprise(enterprise._id)).toEqual(enterprise);
  expect(await structure.listEnterprises()).toContainEqual(enterprise);

  const enterpriseId = enterprise._id;
  const organisation = await structure.createOrganisation({
    enterpriseId,
    name: 'Forestry',
    zone: 'pacific/auckland',
    country: 'nz',
    by: BY,
  });
  expect(organisation).toMatchObject({ enterpriseId, zone: 'Pacific/Auckland', country: 'NZ' });
  expect(await structure.listOrganisations(enterpriseId)).toEqual([organisation]);

  const organisationId = organisation._id;
  const team = await structure.createTeam({ organisationId, name: 'North', settings: { escalation: 5 }, by: BY });
  expect(team).toMatchObject({ enterpriseId, organisationId, settings: { escalation: 5 } });
  expect(await structure.listTeams({ enterpriseId })).toEqual([team]);
  expect(await structure.listTeams({ enterpriseId, organisationId: 'other' })).toEqual([]);
  expect((await tenancy.audit(enterpriseId)).map((row) => row.what).sort()).toEqual([
    'enterprise.created',
    'organisation.created',
    'team.created',
  ]);
});

test('a name is unique inside its parent, whatever its capitals, and free in another parent', async () => {
  const { structure } = tenancy;
  const [first, second] = [await tenancy.anEnterprise(), await tenancy.anEnterprise()];
  const organisation = (enterpriseId: string, name: string) =>
    structure.createOrganisation({ enterpriseId, name, zone: 'UTC', by: BY });
  const { _id: organisationId } = await organisation(first, 'Māori Trust');
  await organisation(second, 'Māori Trust');
  await expect(organisation(first, ' MĀORI  trust')).rejects.toMatchObject({ code: 'name_taken', field: 'name' });

  await structure.createTeam({ organisationId, name: 'North', by: BY });
  const twin = structure.createTeam({ organisationId, name: 'NORTH', by: BY });
  await expect(twin).rejects.toMatchObject({ code: 'name_taken', status: 409 });
  const { name } = await structure.getEnterprise(first);
  await expect(structure.createEnterprise({ name, by: BY })).rejects.toMatchObject({ code: 'name_taken' });
});

test('of many who create the same name at once, one gets it', async () => {
  const enterpriseId = await tenancy.anEnterprise();
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, () =>
      tenancy.structure.createOrganisation({ enterpriseId, name: 'Same', zone: 'UTC', by: BY }),
    ),
  );
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'name_taken' });
  }
  expect(await tenancy.structure.listOrganisations(enterpriseId)).toHaveLength(1);
});

test.each([
  [{ name: ' ' }, 'name'],
  [{ name: 'x'.repeat(101) }, 'name'],
  [{ zone: 'Auckland' }, 'zone'],
  [{ zone: '+13:00' }, 'zone'],
  [{ zone: 'New Zealand Standard Time' }, 'zone'],
  [{ country: 'UK' }, 'country'],
  [{ country: 'NZL' }, 'country'],
])('an organisation with %j is refused', async (wrong, field) => {
  const enterpriseId = await tenancy.anEnterprise();
  const input = { enterpriseId, name: 'Forestry', zone: 'Pacific/Auckland', country: 'NZ', by: BY, ...wrong };
  await expect(tenancy.structure.createOrganisation(input)).rejects.toMatchObject({ code: 'invalid_input', field });
  expect(await tenancy.structure.listOrganisations(enterpriseId)).toEqual([]);
});

test('what belongs to nothing is refused', async () => {
  const { structure } = tenancy;
  const organisation = structure.createOrganisation({ enterpriseId: 'none', name: 'A', zone: 'UTC', by: BY });
  await expect(organisation).rejects.toMatchObject({ code: 'enterprise_not_found', status: 404 });
  const team = structure.createTeam({ organisationId: 'none', name: 'A', by: BY });
  await expect(team).rejects.toMatchObject({ code: 'organisation_not_found' });
  await expect(structure.getTeam('none')).rejects.toMatchObject({ code: 'team_not_found' });
});

test('the settings of a team are replaced, fenced and audited', async () => {
  const { enterpriseId, teamId } = await tenancy.aConnected();
  const writes = await tenancy.writesOf(enterpriseId);
  await tenancy.structure.setTeamSettings({ teamId, settings: { escalation: { afterMinutes: 5 } }, by: BY });
  expect((await tenancy.structure.getTeam(teamId)).settings).toEqual({ escalation: { afterMinutes: 5 } });
  expect(await tenancy.writesOf(enterpriseId)).toBe(writes + 1);
  expect(await tenancy.audit(enterpriseId)).toContainEqual(
    expect.objectContaining({ what: 'team.settings_changed', before: {}, who: BY }),
  );
});

test('E61: the schedule follows the zone of the first organisation until somebody chooses one', async () => {
  const enterpriseId = await tenancy.anEnterprise();
  const zone = async () => (await tenancy.integrations.getIntegration(enterpriseId)).settings.zone;
  const organisation = (name: string, zoneName: string) =>
    tenancy.structure.createOrganisation({ enterpriseId, name, zone: zoneName, by: BY });
  await organisation('First', 'Europe/London');
  expect(await zone()).toBe('Europe/London');
  await organisation('Second', 'Asia/Tokyo');
  expect(await zone()).toBe('Europe/London');
});
