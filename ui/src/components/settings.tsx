import { useEffect, useId, useRef, type ReactNode } from 'react';
import { machineZone } from '../lib/format';
import { setPreferences, usePreferences, type Preferences } from '../lib/preferences';
import { useSettings } from '../lib/settings-state';
import { themes, useTheme } from '../lib/theme';
import { languages, texts } from '../texts';
import { Segments } from './segments';

function Row(props: { setting: 'theme' | 'language' | 'zone'; label: string; children: ReactNode }) {
  const { setting, label, children } = props;
  return (
    <div className="settings__row" data-setting={setting}>
      <span aria-hidden="true">{label}</span>
      {children}
    </div>
  );
}

/** Theme, language and zone: a viewer's own choices, behind one button. */
export function Settings() {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { open, setOpen, chosen, setChosen } = useSettings();
  const [theme, setTheme] = useTheme();
  const { language, zone, agency } = usePreferences();
  const text = texts.settings;
  const own = machineZone();
  const zones = [...new Set([...(agency ? ['agency'] : []), 'viewer', 'UTC', zone])];
  const zoneWords = (name: string) =>
    name === 'viewer'
      ? text.viewerZone(own)
      : name === 'agency'
        ? text.agencyZone(agency || own)
        : text.otherZone(name);

  const choose = (change: Partial<Preferences>) => {
    setChosen('language' in change ? 'language' : 'zone');
    void setPreferences(change);
  };

  // The choice rendered everything anew: the focus is where it was made.
  useEffect(() => {
    if (!open || !chosen) return;
    box.current?.querySelector<HTMLElement>(`[data-setting=${chosen}] :is(input:checked, select)`)?.focus();
    setChosen(undefined);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  useEffect(() => {
    if (!open) return;
    const away = (e: Event) => {
      if (e.target instanceof Node && !box.current?.contains(e.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', away);
    document.addEventListener('focusin', away);
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('focusin', away);
    };
  }, [open, setOpen]);

  return (
    // The panel closes with Escape from anywhere inside.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="settings"
      ref={box}
      onKeyDown={(e) => {
        if (e.key !== 'Escape' || !open) return;
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        className="usa-button usa-button--outline button"
        type="button"
        ref={button}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {text.heading}
      </button>
      <div className="settings__panel" id={id} hidden={!open} role="group" aria-label={text.heading}>
        <Row setting="theme" label={text.theme}>
          <Segments
            label={text.theme}
            options={themes.map((value) => ({ value, label: text.themes[value] }))}
            chosen={theme}
            onChoose={setTheme}
          />
        </Row>
        <Row setting="language" label={text.language}>
          <Segments
            label={text.language}
            options={languages.map(({ id: value, name }) => ({ value, label: name, lang: value }))}
            chosen={language}
            onChoose={(language) => choose({ language })}
          />
        </Row>
        <Row setting="zone" label={text.zone}>
          <select
            className="usa-select select"
            aria-label={text.zone}
            value={zone}
            onChange={(e) => choose({ zone: e.target.value })}
          >
            {zones.map((name) => (
              <option key={name} value={name}>
                {zoneWords(name)}
              </option>
            ))}
          </select>
        </Row>
      </div>
    </div>
  );
}
