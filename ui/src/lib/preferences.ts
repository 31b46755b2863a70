import { useSyncExternalStore } from 'react';
import { loadTexts, type Language } from '../texts';
import { setFormats, type Zone } from './format';

/** What a viewer chooses for good: kept on this machine, not in the address. */
export interface Preferences {
  readonly language: Language;
  /** `viewer`, `agency`, or the name of a zone. */
  readonly zone: Zone;
  /** The agency's zone, as the server told last; '' for none. */
  readonly agency: string;
}

const keys = { language: 'hms-language', zone: 'hms-zone', agency: 'hms-agency-zone' } as const;

/** The zone that times are in: of the agency's, if it was chosen and is known. */
export const zoneOf = ({ zone, agency }: Preferences): Zone =>
  zone === 'agency' ? agency || 'viewer' : zone;

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function first(): Preferences {
  const language = stored(keys.language) ?? navigator.languages.find((l) => /^(en|es)\b/.test(l)) ?? 'en';
  const zone = stored(keys.zone) ?? 'viewer';
  const agency = stored(keys.agency) ?? '';
  return {
    language: language.startsWith('es') ? 'es' : 'en',
    zone: zone === 'agency' || isZone(zone) ? zone : 'viewer',
    agency: agency && isZone(agency) ? agency : '',
  };
}

/** How the viewer's own kind of English or Spanish writes numbers; else that of the United States. */
const localeOf = (language: Language): string =>
  navigator.languages.find((l) => l.startsWith(`${language}-`)) ?? `${language}-US`;

let current: Preferences = { language: 'en', zone: 'viewer', agency: '' };
const listeners = new Set<() => void>();

async function apply(next: Preferences): Promise<void> {
  await loadTexts(next.language);
  setFormats(localeOf(next.language), zoneOf(next));
  document.documentElement.lang = next.language;
  current = next;
  for (const listener of listeners) listener();
}

/** Before the first render. */
export const beginPreferences = (): Promise<void> => apply(first());

export async function setPreferences(change: Partial<Preferences>): Promise<void> {
  await apply({ ...current, ...change });
  try {
    localStorage.setItem(keys.language, current.language);
    localStorage.setItem(keys.zone, current.zone);
    localStorage.setItem(keys.agency, current.agency);
  } catch {
    // Storage is blocked: the choice lasts until the page is closed.
  }
}

/** What the server says of the agency's zone; one that this browser does not know counts as none. */
export function setAgency(name: string): void {
  const agency = name && isZone(name) ? name : '';
  if (agency !== current.agency) void setPreferences({ agency });
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, () => current);

/** The zone that times are in, by a name that the browser knows, or `viewer`. */
export const useZone = (): Zone => zoneOf(usePreferences());
