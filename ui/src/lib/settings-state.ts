import { createContext, useContext, useMemo, useState } from 'react';

type Choice = 'language' | 'zone';

interface SettingsState {
  readonly open: boolean;
  readonly setOpen: (open: boolean) => void;
  /** What was chosen last: a new language or zone renders the page anew, and the focus goes back there. */
  readonly chosen: Choice | undefined;
  readonly setChosen: (chosen: Choice | undefined) => void;
}

const nothing = () => undefined;

export const SettingsContext = createContext<SettingsState>({
  open: false,
  setOpen: nothing,
  chosen: undefined,
  setChosen: nothing,
});

/** Held above what is rendered anew, so that the settings stay open while several are changed. */
export function useSettingsStart(): SettingsState {
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<Choice>();
  return useMemo(() => ({ open, setOpen, chosen, setChosen }), [open, chosen]);
}

export const useSettings = (): SettingsState => useContext(SettingsContext);
