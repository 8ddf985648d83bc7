// src/projection/email-address.ts
import { domainToASCII } from "node:url";
var ADDRESS_LENGTH_MOST = 254;
var LOCAL_PART = /^[^\s@"(),:;<>[\]\\.\p{Cc}\p{Cf}]+(?:\.[^\s@"(),:;<>[\]\\.\p{Cc}\p{Cf}]+)*$/u;
var HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$/;
var NO_DOMAIN = /[\s%/:?#@\\[\]]/u;
function parseEmailAddress(raw) {
  const address = raw.trim().normalize("NFC");
  const at = address.lastIndexOf("@");
  if (at < 1 || address.length > ADDRESS_LENGTH_MOST) return null;
  const localPart = address.slice(0, at);
  if (!LOCAL_PART.test(localPart)) return null;
  const host = hostOf(address.slice(at + 1));
  if (host === null) return null;
  const key = `${localPart.toLowerCase().normalize("NFC")}@${host}`;
  return key.length > ADDRESS_LENGTH_MOST ? null : { address, key };
}
function emailKeyOf(address) {
  return parseEmailAddress(address)?.key ?? null;
}
function hostOf(domain) {
  const lower = domain.toLowerCase();
  if (HOST.test(lower) && !lower.includes("xn--")) return lower;
  if (NO_DOMAIN.test(domain)) return null;
  const ascii = domainToASCII(domain);
  return HOST.test(ascii) ? ascii : null;
}

// src/projection/types.ts
var FIELD_TARGETS = ["firstName", "lastName", "email", "mobilePhone", "country", "timeZone"];
var FIELD_SOURCES = [
  "givenName",
  "surname",
  "displayName",
  "mail",
  "userPrincipalName",
  "otherMails",
  "mobilePhone",
  "businessPhones",
  "country",
  "usageLocation",
  "mailboxSettings.timeZone",
  ...Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`)
];

// src/projection/values/country.ts
import codes from "i18n-iso-countries/codes.json" with { type: "json" };
import english from "i18n-iso-countries/langs/en.json" with { type: "json" };

// src/projection/values/country-names.ts
var COUNTRY_ALIASES = {
  AE: ["Emirates"],
  AT: ["\xD6sterreich"],
  BE: ["Belgi\xEB", "Belgique"],
  BN: ["Brunei"],
  BO: ["Bolivia, Plurinational State of", "Plurinational State of Bolivia"],
  BQ: ["Caribbean Netherlands"],
  BR: ["Brasil"],
  CC: ["Cocos Islands", "Keeling Islands"],
  CD: ["DRC", "DR Congo", "Congo, Democratic Republic of the", "Congo-Kinshasa", "Zaire"],
  CG: ["Congo-Brazzaville", "Congo, Republic of the"],
  CH: ["Schweiz", "Suisse", "Svizzera"],
  CN: ["PRC", "Mainland China"],
  CV: ["Cabo Verde"],
  DE: ["Deutschland", "Federal Republic of Germany"],
  DK: ["Danmark"],
  ES: ["Espa\xF1a"],
  FI: ["Suomi"],
  FK: ["Falkland Islands", "Malvinas"],
  FM: ["Micronesia", "Federated States of Micronesia"],
  GB: ["UK", "Britain", "England", "Scotland", "Wales", "Northern Ireland", "U.K."],
  HK: ["Hong Kong SAR"],
  IE: ["Republic of Ireland", "\xC9ire"],
  IR: ["Iran, Islamic Republic of"],
  IT: ["Italia"],
  KP: ["Democratic People's Republic of Korea", "Korea, Democratic People's Republic of"],
  LA: ["Laos", "Lao PDR"],
  MD: ["Moldova"],
  MK: ["Macedonia"],
  MM: ["Burma"],
  MO: ["Macau", "Macao SAR", "Macau SAR"],
  MX: ["M\xE9xico"],
  NL: ["Holland", "Nederland"],
  NO: ["Norge"],
  NZ: ["Aotearoa", "Aotearoa New Zealand", "New Zealand Aotearoa"],
  PH: ["The Philippines"],
  PL: ["Polska"],
  PS: ["Palestine, State of", "Palestinian Territories"],
  RE: ["La R\xE9union"],
  SE: ["Sverige"],
  SY: ["Syria"],
  SZ: ["Swaziland"],
  TL: ["East Timor"],
  TZ: ["Tanzania, United Republic of"],
  US: ["USA", "United States", "The United States", "The United States of America"],
  VA: ["Vatican", "Vatican City", "Holy See"],
  VE: ["Venezuela, Bolivarian Republic of", "Bolivarian Republic of Venezuela"],
  VG: ["British Virgin Islands"],
  VI: ["US Virgin Islands", "United States Virgin Islands"],
  VN: ["Viet Nam"]
};

// src/projection/values/memoise.ts
function memoise(compute, most) {
  const known = /* @__PURE__ */ new Map();
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== void 0) return remembered;
    const value = compute(text);
    if (known.size >= most) known.clear();
    known.set(text, value);
    return value;
  };
}

// src/projection/values/country.ts
var COUNTRIES_REMEMBERED = 5e3;
var ALPHA_2 = new Set(codes.map(([alpha2 = ""]) => alpha2));
var ALPHA_3 = new Map(codes.map(([alpha2 = "", alpha3 = ""]) => [alpha3, alpha2]));
var NAMES = namedOnce([...Object.entries(english.countries), ...Object.entries(COUNTRY_ALIASES)]);
function parseCountry(raw) {
  return read(raw);
}
var read = memoise((raw) => {
  const text = raw.trim();
  const code = text.toUpperCase();
  if (ALPHA_2.has(code)) return code;
  return ALPHA_3.get(code) ?? NAMES.get(folded(text)) ?? null;
}, COUNTRIES_REMEMBERED);
function namedOnce(countries) {
  const names = /* @__PURE__ */ new Map();
  const ambiguous = /* @__PURE__ */ new Set();
  for (const [alpha2, spellings] of countries) {
    for (const spelling of typeof spellings === "string" ? [spellings] : spellings) {
      const name = folded(spelling);
      if ((names.get(name) ?? alpha2) !== alpha2) ambiguous.add(name);
      names.set(name, alpha2);
    }
  }
  for (const name of ambiguous) names.delete(name);
  return names;
}
function folded(name) {
  return name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/&/g, " and ").replace(/[.'’`´]/g, "").replace(/[^\p{L}\p{N}]+/gu, " ").replace(/^(?:the )+/, "").trim();
}

// src/projection/values/name.ts
var BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;
var INVISIBLE = /[\p{Cc}\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;
var PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
function normaliseName(raw) {
  if (PLAIN.test(raw)) return raw;
  return raw.normalize("NFC").replace(BREAKS, " ").replace(INVISIBLE, "").trim();
}

// src/projection/values/phone.ts
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js";
var DIGITS_LEAST = 8;
var DIGITS_MOST = 15;
var BARE_DIGITS_LEAST = 10;
var PHONES_REMEMBERED = 5e4;
var INVISIBLE2 = /[\p{Cc}\p{Cf}]/gu;
var BARE = /^[1-9][\d\s().-]*$/;
function parsePhone(raw, countries) {
  const known = countries.filter((country) => country !== null);
  return read2(`${[...new Set(known)].join()}|${raw}`);
}
var read2 = memoise((question) => {
  const bar = question.indexOf("|");
  const countries = question.slice(0, bar).split(",").filter((code) => isSupportedCountry(code));
  const text = question.slice(bar + 1).normalize("NFKC").replace(INVISIBLE2, "").trim().replace(/^tel:\s*/i, "");
  if (text.startsWith("+")) return valid(text);
  return firstOf([
    () => text.startsWith("00") ? valid(`+${text.slice(2)}`) : null,
    ...countries.map((country) => () => valid(text, country)),
    () => bare(text)
  ]);
}, PHONES_REMEMBERED);
function bare(text) {
  if (!BARE.test(text) || text.replace(/\D/g, "").length < BARE_DIGITS_LEAST) return null;
  return valid(`+${text}`);
}
function valid(text, country) {
  const options = country === void 0 ? { extract: false } : { extract: false, defaultCountry: country };
  const phone = parsePhoneNumberFromString(text, options);
  if (!phone?.isValid()) return null;
  const digits = phone.number.length - 1;
  return digits >= DIGITS_LEAST && digits <= DIGITS_MOST ? phone.number : null;
}
function firstOf(attempts) {
  for (const attempt of attempts) {
    const phone = attempt();
    if (phone !== null) return phone;
  }
  return null;
}

// src/projection/values/time-zone.ts
import { IANA_ALIAS_MAP, WINDOWS_TO_IANA_MAP } from "windows-iana";

// src/projection/values/zone-names.ts
var RENAMED_ZONES = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  // One name for what people call UTC; the database has it as a link to Etc/UTC, ECMA-402 the other way round.
  "Etc/UTC": "UTC",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
  // Merged into a neighbour of the same country, whose clock they had shared for long (tz database 2020b to 2024b).
  "America/Montreal": "America/Toronto",
  "America/Nipigon": "America/Toronto",
  "America/Pangnirtung": "America/Iqaluit",
  "America/Rainy_River": "America/Winnipeg",
  "America/Santa_Isabel": "America/Tijuana",
  "America/Thunder_Bay": "America/Toronto",
  "America/Yellowknife": "America/Edmonton",
  "Asia/Choibalsan": "Asia/Ulaanbaatar",
  "Australia/Currie": "Australia/Hobart",
  "Europe/Uzhgorod": "Europe/Kyiv",
  "Europe/Zaporozhye": "Europe/Kyiv",
  "Pacific/Johnston": "Pacific/Honolulu"
};

// src/projection/values/time-zone.ts
var ZONES_REMEMBERED = 5e3;
var WORLD = "001";
var WINDOWS = windowsZones();
var IANA = ianaZones();
function parseTimeZone(raw, country) {
  return read3(`${country ?? ""}|${raw}`) || null;
}
var read3 = memoise((question) => {
  const bar = question.indexOf("|");
  const name = question.slice(bar + 1).trim();
  const territories = WINDOWS.get(name.toLowerCase());
  if (!territories) return canonicalZone(name) ?? "";
  const zone = territories.get(question.slice(0, bar)) ?? territories.get(WORLD);
  return (zone && canonicalZone(zone)) ?? "";
}, ZONES_REMEMBERED);
function canonicalZone(name) {
  const known = IANA.get(name.toLowerCase());
  if (known !== void 0) return known;
  if (!/^[a-z_]+\/[a-z_/-]+$/i.test(name)) return null;
  const resolved = resolvedByIntl(name);
  return resolved === null ? null : RENAMED_ZONES[resolved] ?? resolved;
}
function resolvedByIntl(name) {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
function windowsZones() {
  const zones = /* @__PURE__ */ new Map();
  for (const { windowsName, territory, iana } of WINDOWS_TO_IANA_MAP) {
    const name = windowsName.toLowerCase();
    const territories = zones.get(name) ?? /* @__PURE__ */ new Map();
    const [first2] = iana;
    if (first2 !== void 0) territories.set(territory, first2);
    zones.set(name, territories);
  }
  return zones;
}
function ianaZones() {
  const zones = /* @__PURE__ */ new Map();
  for (const { name, alias } of IANA_ALIAS_MAP) {
    const [first2] = alias;
    if (first2 === void 0 || name === "unk") continue;
    const canonical = RENAMED_ZONES[first2] ?? first2;
    for (const each of [...alias, canonical]) zones.set(each.toLowerCase(), canonical);
  }
  return zones;
}

// src/projection/values/field-value.ts
function readFieldValue(target, raw, { country, organisationCountry }) {
  if (raw === void 0) return { state: "unread" };
  if (raw === null || raw.trim() === "") return { state: "blank" };
  switch (target) {
    case "firstName":
    case "lastName": {
      const value = normaliseName(raw);
      return value === "" ? { state: "blank" } : { state: "value", value };
    }
    case "email":
      return valueOr(parseEmailAddress(raw)?.address ?? null, { raw, code: "email_invalid" });
    case "mobilePhone":
      return valueOr(parsePhone(raw, [country, organisationCountry]), { raw, code: "phone_unparseable" });
    case "country":
      return valueOr(parseCountry(raw), { raw, code: "country_unknown" });
    case "timeZone":
      return valueOr(parseTimeZone(raw, country), { raw, code: "timezone_unknown" });
  }
}
function valueOr(value, { raw, code }) {
  return value === null ? { state: "unusable", raw, code } : { state: "value", value };
}

// src/projection/rules/field-labels.ts
var FIELD_LABELS = {
  firstName: "First Name",
  lastName: "Last Name",
  email: "Email Address",
  mobilePhone: "Mobile Phone Number",
  country: "Country",
  timeZone: "Time Zone"
};

// src/projection/rules/field-problems.ts
var RAW_SHOWN_MOST = 100;
var REMEDIES = {
  email_invalid: "Correct the address in Microsoft Entra ID, or choose another source for Email Address.",
  phone_unparseable: "Write the number with its country code in Microsoft Entra ID, such as +64 22 518 9900.",
  country_unknown: "Use the country name or its two-letter code in Microsoft Entra ID, such as NZ.",
  timezone_unknown: "Choose a standard time zone in the person's mailbox settings."
};
function fieldProblem(facts) {
  const { target, source, value, isNewcomer } = facts;
  const severity = target === "email" && isNewcomer ? "error" : "warning";
  const about = { subject: target, severity };
  switch (value.state) {
    case "value":
      return null;
    case "blank":
      return target === "email" ? emailMissing(about, `${source} is empty`) : { ...about, ...blank(target, source) };
    case "unread":
      return target === "email" && isNewcomer ? emailMissing(about, `${source} could not be read`) : null;
    case "unusable":
      return {
        ...about,
        code: value.code,
        message: `${FIELD_LABELS[target]}: "${value.raw.slice(0, RAW_SHOWN_MOST)}" in ${source} cannot be used.${kept(isNewcomer)}`,
        remedy: REMEDIES[value.code] ?? "Correct the value in Microsoft Entra ID."
      };
  }
}
function kept(isNewcomer) {
  return isNewcomer ? "" : " The present value is kept.";
}
function blank(target, source) {
  return {
    code: "field_blank",
    message: `${FIELD_LABELS[target]} has no value at its source: ${source} is empty in Microsoft Entra ID.`,
    remedy: `Fill ${source} in Microsoft Entra ID, or choose another source in Field Mappings.`
  };
}
function emailMissing(about, what) {
  const outcome = about.severity === "error" ? "The person is not imported." : "The present address is kept.";
  return {
    ...about,
    code: "email_missing",
    message: `Email Address is mandatory, but ${what} in Microsoft Entra ID. ${outcome}`,
    remedy: "Fill the attribute in Microsoft Entra ID, or choose another source for Email Address."
  };
}

// src/projection/rules/fields.ts
var NO_FIELDS = {
  firstName: null,
  lastName: null,
  email: null,
  mobilePhone: null,
  country: null,
  timeZone: null
};
var ORDER = ["country", ...FIELD_TARGETS.filter((target) => target !== "country")];
function projectFields(input) {
  const before = input.record?.fields ?? NO_FIELDS;
  const after = { ...before };
  const lastSynced = {};
  const gives = [];
  const takes = [];
  const problems = [];
  for (const target of ORDER) {
    const source = input.mappings[target];
    if (source === null) continue;
    const settled = settle(input, { target, source, country: after.country });
    after[target] = settled.after;
    if (settled.given !== void 0) lastSynced[target] = settled.given;
    if (settled.problem) problems.push(settled.problem);
    if (settled.after === before[target]) continue;
    const change = update({ target, source, before: before[target], after: settled.after });
    const taking = takingOf(change);
    if (taking) takes.push({ taking, change });
    else gives.push(change);
  }
  return { after, gives, takes, problems, lastSynced };
}
function settle({ rawOf, record, organisationCountry }, { target, source, country }) {
  const value = readFieldValue(target, rawOf(source), { country, organisationCountry });
  const present = record?.fields[target] ?? null;
  const problem = fieldProblem({ target, source, value, isNewcomer: record === null });
  switch (value.state) {
    case "unread":
    case "unusable":
      return { after: present, given: void 0, problem };
    case "blank":
      return { after: afterBlank(target, record), given: target === "email" ? void 0 : null, problem };
    case "value": {
      const after = target === "email" && isSameAddress(present, value.value) ? present : value.value;
      return { after, given: after, problem };
    }
  }
}
function isSameAddress(present, wanted) {
  return present === wanted || present !== null && emailKeyOf(present) === emailKeyOf(wanted);
}
function afterBlank(target, record) {
  const present = record?.fields[target] ?? null;
  if (target === "email" || present === null) return present;
  return record?.lastSynced[target] === present ? null : present;
}
function takingOf({ field, before, after }) {
  if (before === null) return null;
  if (after === null) return "clear";
  return field === "email" ? "email_change" : null;
}
function update(facts) {
  const { target, source, before, after } = facts;
  const label = FIELD_LABELS[target];
  const why = after === null ? `${label} came from ${source}, which is empty in Microsoft Entra ID now.` : before === null ? `${label} is filled from ${source} in Microsoft Entra ID.` : `${label} follows ${source} in Microsoft Entra ID, which has another value.`;
  return { kind: "update", field: target, before, after, why };
}

// src/projection/rules/scope.ts
function placementsOf(groupIds, { rules: rules2, teams: teams2, groups: groups2 }) {
  const { byGroup } = mappingIndex(rules2.mappings);
  const placements = [];
  for (const groupId of new Set(groupIds)) {
    if (groups2.get(groupId) !== "ok") continue;
    for (const mapping of byGroup.get(groupId) ?? []) {
      const team = teams2.get(mapping.teamId);
      if (team) placements.push({ mapping, team });
    }
  }
  return placements.length < 2 ? placements : placements.sort(byOrder);
}
function hasLeftAllGroups(groupIds, { rules: rules2, groups: groups2 }) {
  const inNow = new Set(groupIds);
  const { mappings: mappings2 } = rules2;
  return mappings2.length > 0 && mappings2.every(({ groupId }) => groups2.get(groupId) === "ok" && !inNow.has(groupId));
}
function isUncertain(mapping, groups2) {
  return groups2.get(mapping.groupId) !== "ok";
}
var NO_PEOPLE = /* @__PURE__ */ new Set(["shared", "room", "equipment"]);
function sortOf(attributes, { includeGuests }) {
  if (NO_PEOPLE.has(attributes.userPurpose?.toLowerCase() ?? "")) return "no_person";
  return isGuest(attributes) && !includeGuests ? "guest" : "person";
}
function isGuest({ userType, userPrincipalName }) {
  if (userType) return userType.toLowerCase() === "guest";
  return userPrincipalName?.toUpperCase().includes("#EXT#") ?? false;
}
var indexes = /* @__PURE__ */ new WeakMap();
function mappingIndex(mappings2) {
  const known = indexes.get(mappings2);
  if (known) return known;
  const byGroup = /* @__PURE__ */ new Map();
  for (const mapping of mappings2) {
    const same = byGroup.get(mapping.groupId);
    if (same) same.push(mapping);
    else byGroup.set(mapping.groupId, [mapping]);
  }
  const index = { byGroup, byId: new Map(mappings2.map((mapping) => [mapping.id, mapping])) };
  indexes.set(mappings2, index);
  return index;
}
function byOrder({ mapping: a }, { mapping: b }) {
  return a.priority - b.priority || compare(a.createdAt, b.createdAt) || compare(a.id, b.id);
}
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

// src/projection/rules/teams.ts
var LEADERS_LEAST = 2;
function projectTeams(input) {
  const { ground, placements, organisationId, mayJoin, isArchived = false } = input;
  const gives = [];
  const takes = [];
  const problems = mayJoin ? conflicts(placements, organisationId) : [];
  const wanted = wantedByTeam(placements, organisationId);
  for (const membership of input.memberships) {
    const change = changeOf(membership, wanted.get(membership.teamId) ?? [], input);
    if (change === null) continue;
    if (change.kind === "join") gives.push(change);
    else if (isNeededLeader(membership, { teams: ground.teams, isArchived }))
      problems.push(leaderKept(membership.teamId));
    else takes.push({ taking: "team_removal", change });
  }
  const present = new Set(input.memberships.map(({ teamId }) => teamId));
  for (const [teamId, here] of wanted) {
    if (mayJoin && !present.has(teamId)) gives.push(join({ teamId, before: [], after: idsOf(here), here }));
  }
  return { gives, takes, problems };
}
function isNeededLeader({ teamId, isLeader }, { teams: teams2, isArchived = false }) {
  const team = teams2.get(teamId);
  return isLeader && team !== void 0 && team.leaderCount + Number(isArchived) <= LEADERS_LEAST;
}
function leaderKept(teamId) {
  return {
    code: "leader_removal_blocked",
    severity: "warning",
    subject: teamId,
    message: `The person leads team ${teamId}, which would be left with fewer than ${LEADERS_LEAST} leaders. They stay.`,
    remedy: "Make somebody else a leader of the team; the person is then taken off by the next sync."
  };
}
function changeOf(membership, wanted, input) {
  const { teamId, mappingIds, manual } = membership;
  if (!input.ground.teams.has(teamId) || isAsWanted(mappingIds, wanted)) return null;
  const before = [...mappingIds].sort();
  const confirmed = idsOf(wanted).filter((id) => input.mayJoin || mappingIds.includes(id));
  const after = [.../* @__PURE__ */ new Set([...confirmed, ...uncertainIds(membership, input)])].sort();
  if (after.join() === before.join()) return null;
  if (after.length > 0 || manual) return join({ teamId, before, after, here: wanted });
  return { kind: "leave", teamId, before, why: whyLeave(before, input) };
}
function isAsWanted(mappingIds, wanted) {
  return mappingIds.length === wanted.length && wanted.every(({ mapping }) => mappingIds.includes(mapping.id));
}
function uncertainIds({ teamId, mappingIds }, { ground: { rules: rules2, groups: groups2 } }) {
  const { byId } = mappingIndex(rules2.mappings);
  const uncertain = (id) => {
    const mapping = byId.get(id);
    return mapping !== void 0 && mapping.teamId === teamId && isUncertain(mapping, groups2);
  };
  return mappingIds.filter(uncertain);
}
function wantedByTeam(placements, organisationId) {
  const wanted = /* @__PURE__ */ new Map();
  for (const placement of placements) {
    if (placement.team.organisationId !== organisationId) continue;
    const same = wanted.get(placement.team.id);
    if (same) same.push(placement);
    else wanted.set(placement.team.id, [placement]);
  }
  return wanted;
}
function conflicts(placements, organisationId) {
  return placements.filter(({ team }) => team.organisationId !== organisationId).map(({ mapping, team }) => ({
    code: "multi_org_conflict",
    severity: "warning",
    subject: mapping.id,
    message: `The person is in group ${mapping.groupId}, mapped to team ${team.id} of organisation ${team.organisationId}, but belongs to organisation ${organisationId}. The mapping is not applied.`,
    remedy: "Move the person to the other organisation in GetHomeSafe, or take them out of one of the groups."
  }));
}
function idsOf(placements) {
  return placements.map(({ mapping }) => mapping.id).sort();
}
function join(facts) {
  const { teamId, before, after, here } = facts;
  return { kind: "join", teamId, before, after, why: whyJoin(before, { after, here }) };
}
function whyJoin(before, { after, here }) {
  if (after.length === 0)
    return "No mapped group justifies the team any more; somebody in GetHomeSafe put the person there.";
  const groups2 = groupsOf(here);
  const member = `Member of ${named(groups2)} in Microsoft Entra ID, mapped to this team.`;
  if (groups2.length === 0)
    return "Some of the groups that justified the team do so no longer; others could not be read.";
  return before.length === 0 ? member : `The groups that justify the team have changed. ${member}`;
}
function whyLeave(mappingIds, { ground: { rules: rules2 } }) {
  const still = rules2.mappings.filter(({ id }) => mappingIds.includes(id));
  if (still.length === 0) return "The team mapping that placed the person here was removed.";
  const groups2 = [...new Set(still.map(({ groupId }) => groupId))].sort();
  return `No longer a member of ${named(groups2)} in Microsoft Entra ID.`;
}
function groupsOf(placements) {
  return [...new Set(placements.map(({ mapping }) => mapping.groupId))].sort();
}
function named(groupIds) {
  return `${groupIds.length === 1 ? "group" : "groups"} ${groupIds.join(", ")}`;
}

// src/projection/rules/lifecycle.ts
var REASONS = {
  disabled: "sync_disabled",
  deleted: "sync_deleted",
  left_all_groups: "sync_out_of_scope"
};
var FACTS = {
  disabled: "The account is disabled in Microsoft Entra ID.",
  deleted: "The account has been deleted in Microsoft Entra ID.",
  left_all_groups: "The person is no longer in any mapped group."
};
function depart(departure, record, { rules: rules2, teams: teams2 }) {
  const policy = departure === "left_all_groups" ? rules2.onLeaveAllGroups : rules2.onDisabledOrDeleted;
  if (policy === "keep") return staying(departure, "The settings keep such profiles.");
  if (record.isAccountAdmin) return staying(departure, "Account administrators are never archived by the sync.");
  if (record.hasOpenActivity) return { archive: null, problems: [deferred(departure)] };
  const needed = record.memberships.filter((membership) => isNeededLeader(membership, { teams: teams2 }));
  if (needed.length > 0) return { archive: null, problems: needed.map(({ teamId }) => leaderKept(teamId)) };
  const why = FACTS[departure];
  return {
    archive: { kind: "archive", reason: REASONS[departure], before: record.status, why },
    problems: []
  };
}
function mayRestore({ archivedReason }) {
  switch (archivedReason) {
    case "sync_disabled":
    case "sync_deleted":
    case "sync_out_of_scope":
      return true;
    case "admin":
    case "support_merge":
    case null:
      return false;
  }
}
var ARCHIVED_BY_ADMIN = {
  code: "archived_by_admin",
  severity: "error",
  subject: null,
  message: "The person is in a mapped group, but their profile was archived in GetHomeSafe. It is not restored by the sync.",
  remedy: "Restore the profile in GetHomeSafe, or take the person out of the mapped groups."
};
var NOT_CREATED_DISABLED = {
  code: "account_disabled",
  severity: "warning",
  subject: null,
  message: "The account is disabled in Microsoft Entra ID. The person is not imported.",
  remedy: "Enable the account, or take it out of the mapped groups."
};
var SKIPPED_GUEST = {
  code: "guest_skipped",
  severity: "warning",
  subject: null,
  message: "The account is a guest in Microsoft Entra ID. Guests are not synchronised.",
  remedy: "Allow guests in the settings, or take the guest out of the mapped groups."
};
var SKIPPED_NO_PERSON = {
  code: "not_a_person_mailbox",
  severity: "warning",
  subject: null,
  message: "The account is a shared, room or equipment mailbox. It is not synchronised.",
  remedy: "Take the account out of the mapped groups."
};
function staying(departure, because) {
  const hasLeft = departure === "left_all_groups";
  const problem = {
    code: hasLeft ? "no_mapped_group" : "account_disabled",
    severity: "warning",
    subject: null,
    message: `${FACTS[departure]} The profile is kept: ${lowerFirst(because)}`,
    remedy: hasLeft ? "Add the person to a mapped group, or archive the profile in GetHomeSafe." : "Archive the profile in GetHomeSafe if the person has left."
  };
  return { archive: null, problems: [problem] };
}
function deferred(departure) {
  return {
    code: "active_activity_deferred",
    severity: "warning",
    subject: null,
    message: `${FACTS[departure]} An activity is still open, so the profile is archived only once it is finished.`,
    remedy: "Nothing to do: make sure that the person is safe and the activity is finished."
  };
}
function lowerFirst(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

// src/projection/project.ts
function project(input) {
  const { reading, record } = input;
  switch (reading.state) {
    case "present":
      return projectPresent(input, reading);
    case "soft_deleted":
      return record && isLive(record) ? projectGone(input, record) : nothing(input);
    case "absent":
      if (!record || !isLive(record)) return nothing(input);
      return reading.confirmed ? projectGone(input, record) : { ...nothing(input), wantedEmailKey: keyOf(record) };
  }
}
function projectPresent(input, reading) {
  const { record, rules: rules2 } = input;
  const placements = placementsOf(reading.groupIds, input);
  const standing = { input, reading, placements, sort: sortOf(reading.attributes, rules2) };
  const projection = { ...nothing(input), isMember: placements.length > 0 };
  if (record === null) return { ...projection, ...newcomer(standing) };
  if (isLive(record)) return { ...projection, ...linked(standing, record) };
  return { ...projection, ...archived(standing, record) };
}
function newcomer(standing) {
  const { input, reading, placements } = standing;
  const [first2] = placements;
  if (!first2) return {};
  const skipped = skippedProblem(standing.sort);
  if (skipped) return { problems: [skipped] };
  if (!reading.attributes.accountEnabled) return { problems: [NOT_CREATED_DISABLED] };
  const { organisationId } = first2.team;
  const fields = fieldsOf(standing, { record: null, organisationId });
  const wantedEmailKey = fields.after.email === null ? null : emailKeyOf(fields.after.email);
  if (wantedEmailKey === null) return { problems: emailProblems(fields) };
  const { groupId } = first2.mapping;
  const why = `Member of mapped group ${groupId} in Microsoft Entra ID and not in GetHomeSafe yet.`;
  const create = { kind: "create", organisationId, after: fields.after, why };
  const teams2 = projectTeams({ ground: input, placements, organisationId, memberships: [], mayJoin: true });
  return {
    wantedEmailKey,
    gives: [create, ...teams2.gives],
    problems: [...fields.problems, ...teams2.problems],
    lastSynced: fields.lastSynced
  };
}
function linked(standing, record) {
  const { input, placements, sort } = standing;
  const { organisationId, memberships } = record;
  const departure = departureOf(standing);
  const { archive, problems: lifecycle } = departure ? depart(departure, record, input) : STAYS;
  const skipped = departure === null ? skippedProblem(sort) : null;
  const fields = sort === "person" ? fieldsOf(standing, { record, organisationId }) : null;
  const mayJoin = sort === "person" && archive === null;
  const teams2 = projectTeams({ ground: input, placements, organisationId, memberships, mayJoin });
  const given = archive ? withoutEmail(fields) : fields;
  const parts = [given, teams2].filter((part) => part !== null);
  return {
    wantedEmailKey: archive ? null : emailKeyOf(given?.after.email ?? "") ?? keyOf(record),
    gives: parts.flatMap(({ gives }) => gives),
    takes: [
      ...parts.flatMap(({ takes }) => takes),
      ...archive ? [{ taking: "archive", change: archive }] : []
    ],
    problems: distinct([...lifecycle, ...skipped ? [skipped] : [], ...parts.flatMap(({ problems }) => problems)]),
    lastSynced: given?.lastSynced ?? {}
  };
}
function archived(standing, record) {
  const { input, reading, placements, sort } = standing;
  if (placements.length === 0 || sort !== "person" || !reading.attributes.accountEnabled) return {};
  if (!mayRestore(record)) return { problems: [ARCHIVED_BY_ADMIN] };
  const { organisationId, memberships } = record;
  const fields = fieldsOf(standing, { record, organisationId });
  const teams2 = projectTeams({
    ground: input,
    placements,
    organisationId,
    memberships,
    mayJoin: true,
    isArchived: true
  });
  const why = "The account is enabled and in a mapped group again; the sync had archived the profile.";
  const restore = { kind: "restore", before: "archived", why };
  const addresses = fields.takes.filter(({ taking }) => taking === "email_change").map(({ change }) => change);
  return {
    wantedEmailKey: emailKeyOf(fields.after.email ?? ""),
    gives: [restore, ...addresses, ...fields.gives, ...teams2.gives],
    takes: [...fields.takes.filter(({ taking }) => taking !== "email_change"), ...teams2.takes],
    problems: [...fields.problems, ...teams2.problems],
    lastSynced: fields.lastSynced
  };
}
function projectGone(input, record) {
  const { archive, problems } = depart("deleted", record, input);
  const takes = archive ? [{ taking: "archive", change: archive }] : [];
  return { ...nothing(input), wantedEmailKey: archive ? null : keyOf(record), takes, problems };
}
var STAYS = { archive: null, problems: [] };
function departureOf({ reading, input, placements }) {
  const hasLeft = placements.length === 0 && hasLeftAllGroups(reading.groupIds, input);
  if (reading.attributes.accountEnabled) return hasLeft ? "left_all_groups" : null;
  const { onDisabledOrDeleted, onLeaveAllGroups } = input.rules;
  const onlyLeavingArchives = onDisabledOrDeleted === "keep" && onLeaveAllGroups === "archive";
  return hasLeft && onlyLeavingArchives ? "left_all_groups" : "disabled";
}
function fieldsOf({ input, reading }, { record, organisationId }) {
  const { attributes } = reading;
  const { fields } = input.rules;
  const mappings2 = fields.email === "userPrincipalName" && isGuest(attributes) ? { ...fields, email: "mail" } : fields;
  const organisationCountry = input.organisations.get(organisationId)?.country ?? null;
  return projectFields({ rawOf: (source) => attributes.values[source], mappings: mappings2, record, organisationCountry });
}
function skippedProblem(sort) {
  switch (sort) {
    case "person":
      return null;
    case "guest":
      return SKIPPED_GUEST;
    case "no_person":
      return SKIPPED_NO_PERSON;
  }
}
function withoutEmail(fields) {
  if (fields === null) return null;
  const { email: _, ...lastSynced } = fields.lastSynced;
  return { ...fields, takes: fields.takes.filter(({ taking }) => taking !== "email_change"), lastSynced };
}
function emailProblems({ problems }) {
  const found = problems.filter(({ subject }) => subject === "email");
  if (found.length > 0) return found;
  const message = "Email Address is mandatory, but no attribute is mapped to it. The person is not imported.";
  const remedy = "Choose a source for Email Address in Field Mappings.";
  return [{ code: "email_missing", severity: "error", subject: "email", message, remedy }];
}
function distinct(problems) {
  return [...new Map(problems.map((problem) => [`${problem.code}:${problem.subject}`, problem])).values()];
}
function isLive({ status }) {
  return status !== "archived";
}
function keyOf({ fields }) {
  return fields.email === null ? null : emailKeyOf(fields.email);
}
function nothing({ objectId }) {
  return { objectId, isMember: false, wantedEmailKey: null, gives: [], takes: [], problems: [], lastSynced: {} };
}

// src/projection/attributes.ts
function attributesOf(user, mailbox) {
  const box = mailbox ?? user.mailboxSettings ?? void 0;
  return {
    accountEnabled: user.accountEnabled !== false,
    userType: user.userType ?? null,
    userPrincipalName: user.userPrincipalName ?? null,
    values: valuesOf(user, box),
    userPurpose: box?.userPurpose ?? void 0
  };
}
function valuesOf(user, mailbox) {
  const values = {};
  const keep = (source, value) => {
    if (value !== void 0) values[source] = value;
  };
  keep("givenName", user.givenName);
  keep("surname", user.surname);
  keep("displayName", user.displayName);
  keep("mail", user.mail);
  keep("userPrincipalName", user.userPrincipalName);
  keep("otherMails", firstOf2(user.otherMails));
  keep("mobilePhone", user.mobilePhone);
  keep("businessPhones", firstOf2(user.businessPhones));
  keep("country", user.country);
  keep("usageLocation", user.usageLocation);
  keep("mailboxSettings.timeZone", mailbox?.timeZone);
  const extensions = user.onPremisesExtensionAttributes;
  for (let number = 1; extensions !== void 0 && number <= 15; number += 1) {
    const source = `extensionAttribute${number}`;
    keep(source, extensions === null ? null : extensions[source]);
  }
  return values;
}
function firstOf2(texts) {
  return texts === void 0 || texts === null ? texts : texts[0] ?? null;
}

// src/projection/perf-probe.mts
var mappings = Array.from({ length: 500 }, (_, i) => ({ id: `m${i}`, groupId: `g${i}`, teamId: `t${i}`, organisationId: "o", priority: 1, createdAt: "2026" }));
var rules = { fields: { firstName: "givenName", lastName: "surname", email: "mail", mobilePhone: "mobilePhone", country: "country", timeZone: "mailboxSettings.timeZone" }, mappings, onLeaveAllGroups: "archive", onDisabledOrDeleted: "archive", includeGuests: false, removalBrakePercent: 25 };
var teams = new Map(mappings.map((m) => [m.teamId, { id: m.teamId, organisationId: "o", leaderCount: 3 }]));
var groups = new Map(mappings.map((m) => [m.groupId, "ok"]));
var organisations = /* @__PURE__ */ new Map([["o", { id: "o", country: "NZ", zone: "UTC" }]]);
var N = Number(process.argv[2] ?? 2e4);
var inputs = Array.from({ length: N }, (_, i) => ({ objectId: `p${i}`, record: null, rules, teams, groups, organisations, reading: { state: "present", groupIds: [`g${i % 500}`, `g${i * 7 % 500}`], attributes: attributesOf({ accountEnabled: true, userType: "Member", userPrincipalName: `u${i}@c.com`, givenName: "Anna", surname: `\u0100roh\u0101 ${i}`, mail: `User${i}@contoso.com`, mobilePhone: i % 2 ? `+64 22 ${String(1e6 + i).slice(0, 3)} ${String(1e6 + i).slice(3)}` : `022 ${1e6 + i}`, country: "New Zealand", mailboxSettings: { timeZone: "New Zealand Standard Time" } }) } }));
function run(name) {
  const t = process.cpuUsage();
  const w = performance.now();
  let n = 0;
  const out = inputs.map((x) => {
    const p = project(x);
    n += p.gives.length;
    return p;
  });
  const c = process.cpuUsage(t);
  console.log(name, "wall", (performance.now() - w).toFixed(0), "cpu", ((c.user + c.system) / 1e3).toFixed(0), "gives", n);
  return out;
}
var first = run("cold newcomers");
inputs.forEach((x, i) => {
  const c = first[i].gives[0];
  x.record = { id: "r" + i, organisationId: "o", status: "active", archivedReason: null, fields: c.after, lastSynced: first[i].lastSynced, memberships: first[i].gives.slice(1).map((j) => ({ teamId: j.teamId, isLeader: false, manual: false, mappingIds: j.after })), isAccountAdmin: false, hasOpenActivity: false };
});
run("warm linked unchanged");
inputs.forEach((x) => {
  x.reading.groupIds = [];
});
run("everybody leaves");
console.log("rss", (process.memoryUsage().rss / 1e6).toFixed(0));
inputs.forEach((x, i) => {
  x.reading.groupIds = [`g${i % 500}`, `g${i * 7 % 500}`];
});
function best(name, f) {
  let b = 1e9;
  for (let k = 0; k < 7; k++) {
    const t = process.cpuUsage();
    inputs.forEach(f);
    const c = process.cpuUsage(t);
    b = Math.min(b, (c.user + c.system) / 1e3);
  }
  console.log("best", name, b.toFixed(0), "ms for", N);
}
best("project warm", (x) => {
  project(x);
});
best("phone memo", (x) => {
  parsePhone(x.reading.attributes.values.mobilePhone, ["NZ", "NZ"]);
});
var z = 0;
best("phone cold", (x, i) => {
  parsePhone(" ".repeat(0) + `022 ${2e6 + z++}`, ["NZ"]);
});
best("phone cold +", (x, i) => {
  parsePhone(`+64 22 ${2e6 + z++}`, ["NZ"]);
});
best("email", (x) => {
  parseEmailAddress(x.reading.attributes.values.mail);
});
best("zone", (x) => {
  parseTimeZone(x.reading.attributes.values["mailboxSettings.timeZone"], "NZ");
});
best("country", (x) => {
  parseCountry("New Zealand");
});
best("name", (x) => {
  normaliseName(x.reading.attributes.values.surname);
});
inputs.forEach((x) => {
  x.reading.groupIds = [];
});
best("leavers", (x) => {
  project(x);
});
inputs.forEach((x, i) => {
  x.record = null;
  x.reading.groupIds = [`g${i % 500}`, `g${i * 7 % 500}`];
});
best("newcomers warm phone", (x) => {
  project(x);
});
