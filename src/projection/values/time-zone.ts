import { IANA_ALIAS_MAP, WINDOWS_TO_IANA_MAP } from 'windows-iana';
import { memoise } from './memoise.js';
import { RENAMED_ZONES } from './zone-names.js';

const ZONES_REMEMBERED = 5_000;
/** CLDR's mark for "the whole world": the zone of a Windows name where the country has none of its own. */
const WORLD = '001';

/** Lower-case Windows name → territory → first zone listed (CLDR common/supplemental/windowsZones.xml). */
const WINDOWS = windowsZones();
/** Lower-case name or alias → canonical name. */
const IANA = ianaZones();

/**
 * A mailbox's time zone as a canonical IANA name, or null for a custom or unknown one (E39, E40). Graph gives what the
 * tenant's administrator set up: Windows names by default, IANA names otherwise.
 *
 * @param country ISO alpha-2 of the person, which chooses among the zones that share a Windows name.
 */
export function parseTimeZone(raw: string, country: string | null): string | null {
  return read(`${country ?? ''}|${raw}`) || null;
}

/** Empty for unknown. */
const read = memoise((question: string): string => {
  const bar = question.indexOf('|');
  const name = question.slice(bar + 1).trim();
  const territories = WINDOWS.get(name.toLowerCase());
  if (!territories) return canonicalZone(name) ?? '';
  const zone = territories.get(question.slice(0, bar)) ?? territories.get(WORLD);
  return (zone && canonicalZone(zone)) ?? '';
}, ZONES_REMEMBERED);

function canonicalZone(name: string): string | null {
  const known = IANA.get(name.toLowerCase());
  if (known !== undefined) return known;
  // Zones younger than the table. Only names with a region: Intl also takes offsets and abbreviations.
  if (!/^[a-z_]+\/[a-z_/-]+$/i.test(name)) return null;
  const resolved = resolvedByIntl(name);
  return resolved === null ? null : (RENAMED_ZONES[resolved] ?? resolved);
}

function resolvedByIntl(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

function windowsZones(): Map<string, Map<string, string>> {
  const zones = new Map<string, Map<string, string>>();
  for (const { windowsName, territory, iana } of WINDOWS_TO_IANA_MAP) {
    const name = windowsName.toLowerCase();
    const territories = zones.get(name) ?? new Map<string, string>();
    const [first] = iana;
    if (first !== undefined) territories.set(territory, first);
    zones.set(name, territories);
  }
  return zones;
}

function ianaZones(): Map<string, string> {
  const zones = new Map<string, string>();
  for (const { name, alias } of IANA_ALIAS_MAP) {
    const [first] = alias;
    if (first === undefined || name === 'unk') continue;
    const canonical = RENAMED_ZONES[first] ?? first;
    for (const each of [...alias, canonical]) zones.set(each.toLowerCase(), canonical);
  }
  return zones;
}
