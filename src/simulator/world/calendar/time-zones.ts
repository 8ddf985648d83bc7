import { IANAZone } from 'luxon';
import { WINDOWS_TO_IANA_MAP } from 'windows-iana';

/** CLDR's mark for the zone of a Windows name that holds wherever no territory is known. */
const WORLD = '001';

/** Lower-case Windows name -> IANA zone (CLDR, windowsZones.xml). */
const WINDOWS = new Map(
  WINDOWS_TO_IANA_MAP.filter(({ territory }) => territory === WORLD).map(({ windowsName, iana }) => [
    windowsName.toLowerCase(),
    String(iana[0]),
  ]),
);

/** Zones by the names they were asked for; asking Intl is slow. */
const asked = new Map<string, string>();

/** The IANA zone of a Windows or IANA name, or null for a custom or unknown one. */
export function ianaZone(name: string): string | null {
  const earlier = asked.get(name);
  if (earlier !== undefined) return earlier;
  const zone = findZone(name);
  if (zone !== null) asked.set(name, zone);
  return zone;
}

function findZone(name: string): string | null {
  if (/^utc$/i.test(name)) return 'UTC';
  const windows = WINDOWS.get(name.toLowerCase());
  if (windows !== undefined) return windows;
  return /^[a-z_]+\/[\w/+-]+$/i.test(name) && IANAZone.isValidZone(name) ? name : null;
}
