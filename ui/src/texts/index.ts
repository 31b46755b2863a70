/** Every text of the dashboard. Read it inside functions: the language may change. */
import { en } from './en';

export type Texts = typeof en;
export type Language = 'en' | 'es';

export const languages: readonly { readonly id: Language; readonly name: string }[] = [
  { id: 'en', name: 'English' },
  { id: 'es', name: 'Español' },
];

/** The texts in force. Whoever changes them renders the page anew (see app.tsx). */
export let texts: Texts = en;

/** Spanish is fetched when it is first asked for. */
export async function loadTexts(language: Language): Promise<void> {
  texts = language === 'es' ? (await import('./es')).es : en;
}
