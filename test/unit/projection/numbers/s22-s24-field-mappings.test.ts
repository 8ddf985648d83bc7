import { USER_ATTRIBUTES } from '../../../../src/graph/graph-user.js';
import { attributesOf } from '../../../../src/projection/attributes.js';
import { DEFAULT_FIELD_MAPPINGS } from '../../../../src/projection/default-field-mappings.js';
import { previewFields } from '../../../../src/projection/preview.js';
import { project } from '../../../../src/projection/project.js';
import { fieldMappingsPatch, sourcesFor } from '../../../../src/projection/rules/field-mappings.js';
import { FIELD_SOURCES, FIELD_TARGETS, type FieldMappings } from '../../../../src/projection/types.js';
import { defaultSettings, patchSettings } from '../../../../src/tenancy/settings/integration-settings.js';
import { anInput, present, someRules, type Values } from '../a-projection-input.js';

test('S23: exactly six fields are mapped, each from its usual attribute', () => {
  expect(FIELD_TARGETS).toEqual(['firstName', 'lastName', 'email', 'mobilePhone', 'country', 'timeZone']);
  expect(Object.keys(DEFAULT_FIELD_MAPPINGS).sort()).toEqual([...FIELD_TARGETS].sort());
  expect(DEFAULT_FIELD_MAPPINGS).toEqual({
    firstName: 'givenName',
    lastName: 'surname',
    email: 'mail',
    mobilePhone: 'mobilePhone',
    country: 'country',
    timeZone: 'mailboxSettings.timeZone',
  });
});

/** Every alternative that is offered, with what a person has there and what it comes to. */
const ALTERNATIVES: readonly (readonly [Partial<FieldMappings>, Values, string])[] = [
  [{ firstName: 'displayName' }, { displayName: 'Anna Aroha' }, 'Anna Aroha'],
  [{ firstName: 'extensionAttribute1' }, { extensionAttribute1: 'Annie' }, 'Annie'],
  [{ lastName: 'extensionAttribute15' }, { extensionAttribute15: 'Ngata' }, 'Ngata'],
  [{ email: 'userPrincipalName' }, { userPrincipalName: 'a@contoso.com' }, 'a@contoso.com'],
  [{ email: 'otherMails' }, { otherMails: 'private@home.nz' }, 'private@home.nz'],
  [{ mobilePhone: 'businessPhones' }, { businessPhones: '+64 9 123 4567' }, '+6491234567'],
  [{ country: 'usageLocation' }, { usageLocation: 'AU' }, 'AU'],
  [{ timeZone: 'extensionAttribute2' }, { extensionAttribute2: 'Tokyo Standard Time' }, 'Asia/Tokyo'],
];

test.each(ALTERNATIVES)('S22: with the mapping %j the field follows %j', (mapping, values, expected) => {
  const [target] = Object.keys(mapping);
  const rules = someRules({ fields: { ...DEFAULT_FIELD_MAPPINGS, ...mapping } });
  const { gives } = project(anInput({ record: null, rules, reading: present(values) }));
  expect(gives[0]).toMatchObject({ kind: 'create', after: { [target ?? '']: expected } });
});

test('S22: every source on offer is asked of Graph always, so that a changed mapping needs no other read', () => {
  const selected = new Set<string>(USER_ATTRIBUTES);
  const missing = FIELD_SOURCES.filter((source) => !selected.has(source) && !source.startsWith('extensionAttribute'));
  expect(missing).toEqual(['mailboxSettings.timeZone', 'organisation.timeZone']);
  expect(selected.has('onPremisesExtensionAttributes')).toBe(true);
  const extensions = Object.fromEntries(FIELD_SOURCES.map((source) => [source, 'x']));
  const { values } = attributesOf({ onPremisesExtensionAttributes: extensions });
  expect(Object.keys(values)).toHaveLength(15);
});

test('S22: what says a time zone is on offer for Time Zone alone', () => {
  for (const target of FIELD_TARGETS) {
    const zones = sourcesFor(target).filter((source) => source.endsWith('.timeZone'));
    expect(zones).toEqual(target === 'timeZone' ? ['mailboxSettings.timeZone', 'organisation.timeZone'] : []);
    expect(sourcesFor(target)).toContain('extensionAttribute7');
  }
});

const REFUSED = [
  [{ firstName: 'shoeSize' }, 'firstName', 'no attribute on offer'],
  [{ country: 5 }, 'country', 'no attribute on offer'],
  [{ lastName: 'mailboxSettings.timeZone' }, 'lastName', 'cannot feed Last Name'],
  [{ email: 'organisation.timeZone' }, 'email', 'cannot feed Email Address'],
  [{ email: null }, 'email', 'mandatory'],
  [{ shoeSize: 'mail' }, 'shoeSize', ''],
] as const;

test.each(REFUSED)('S22: saving the mapping %j is refused with the name of the field', (fields, field, words) => {
  const settings = defaultSettings('UTC');
  const refusal = { code: 'invalid_input', field: `fields.${field}`, message: expect.stringContaining(words) };
  expect(() => patchSettings(settings, { fields })).toThrow(expect.objectContaining(refusal));
});

test.each(REFUSED)(
  'S22: a preview with the mapping %j is refused with the name of the field',
  (mapping, field, words) => {
    const refusal = { code: 'invalid_input', field: `mapping.${field}`, message: expect.stringContaining(words) };
    expect(() => previewFields({ person: {}, mapping })).toThrow(expect.objectContaining(refusal));
  },
);

test('S22: the entry of a list may be named as Graph has it, and a field may be left unmapped', () => {
  const patch = fieldMappingsPatch.parse({ email: 'otherMails[0]', mobilePhone: 'businessPhones[0]', country: null });
  expect(patch).toEqual({ email: 'otherMails', mobilePhone: 'businessPhones', country: null });
  const patched = patchSettings(defaultSettings('UTC'), { fields: patch });
  expect(patched?.settings.fields).toEqual({ ...DEFAULT_FIELD_MAPPINGS, ...patch });
});

test("S26: a preview knows the organisation's time zone where it is told, and refuses one that does not exist", () => {
  const mapping = { timeZone: 'organisation.timeZone' };
  const zoneOf = (organisationZone?: string) =>
    previewFields({ person: {}, mapping, organisationZone }).fields.find(({ target }) => target === 'timeZone');
  expect(zoneOf('pacific/auckland')).toMatchObject({ raw: 'Pacific/Auckland', value: 'Pacific/Auckland' });
  expect(zoneOf()).toMatchObject({ raw: null, value: null, problem: null });
  expect(() => zoneOf('Mars/Olympus')).toThrow(expect.objectContaining({ field: 'organisationZone' }));
});
