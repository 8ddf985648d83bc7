import { given } from '../../../kernel/given.js';
import { FIELD_LABELS, sourceLabel } from '../../../projection/rules/field-labels.js';
import { sourcesFor } from '../../../projection/rules/field-mappings.js';
import { FIELD_TARGETS } from '../../../projection/types.js';
import type { ApiServices } from '../../api-services.js';
import { route } from '../../frame/route.js';
import { asField, changeSettings } from '../../frame/settings-change.js';
import { fieldMappings, fieldMappingsPatch, fieldSample, samplePatch } from './field-schemas.js';

const tag = 'Field Mappings';
const path = '/enterprises/{enterpriseId}/integration/fields';

type FieldsPatch = NonNullable<Parameters<ApiServices['settings']['setSettings']>[1]['fields']>;

/** Field Mappings (S22 to S26), with what they make of a sample person (S38, S39). */
export const fieldRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'read', answer: fieldMappings },
    summary: 'Which Entra attribute feeds which field, and what may.',
    etag: ({ revision }) => String(revision),
    run: ({ services, params }) => fieldMappingsOf(services, params.enterpriseId),
  }),
  route({
    method: 'patch',
    ...{ path, tag, need: 'change', body: fieldMappingsPatch, answer: fieldMappings },
    summary: 'Changes field mappings; they apply with the next sync.',
    etag: ({ revision }) => String(revision),
    errors: { 412: 'Somebody else changed the settings since the version of If-Match.' },
    run: async ({ services, principal, params, body, ifMatch }) => {
      // Which names are attributes on offer is for the settings to say, with words for whoever chose another.
      const fields = given(body) as FieldsPatch;
      await changeSettings(services, { ...params, principal, ifMatch }, { fields }).catch(asField(FIELD_NAMES));
      return fieldMappingsOf(services, params.enterpriseId);
    },
  }),
  route({
    method: 'post',
    path: `${path}/preview`,
    ...{ tag, need: 'read', body: samplePatch, answer: fieldSample },
    summary: 'What the mappings, or others, make of one person as Microsoft Entra ID has them now. Changes nothing.',
    errors: { 503: 'Microsoft Graph did not answer; try again.' },
    run: async ({ services, params, body: { person, mapping = {} }, signal }) => {
      const wanted = { ...params, person, mapping: given(mapping), signal };
      const sample = await services.directory.sampleFields(wanted).catch(asField(MAPPING_NAMES));
      return { ...sample, fields: [...sample.fields] };
    },
  }),
];

/** The settings know a field as one of many; its caller named it alone. */
const MAPPING_NAMES = Object.fromEntries(FIELD_TARGETS.map((target) => [target, `mapping.${target}`]));
const FIELD_NAMES = Object.fromEntries(FIELD_TARGETS.map((target) => [`fields.${target}`, target]));

async function fieldMappingsOf({ integrations }: ApiServices, enterpriseId: string) {
  const { settings, inEffect, revision } = await integrations.getIntegration(enterpriseId);
  const items = FIELD_TARGETS.map((target) => ({
    ...{ target, label: FIELD_LABELS[target], source: settings.fields[target] },
    inEffect: (inEffect?.settings ?? settings).fields[target],
    mandatory: target === 'email',
    offered: sourcesFor(target).map((source) => ({ source, label: sourceLabel(source) })),
  }));
  return { items, revision };
}
