/**
 * Keeps the keyboard's place. What has the focus may go away, or be disabled, by what was done with it: "Clear
 * filters" when there is no filter left, the row that was dealt with. The focus then goes to what stood beside it,
 * and on another page to its beginning, instead of back to the first link of all.
 */
const reachable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
const parts = 'dialog, form, section, header, main';

/** How many places are remembered: a dialog goes away with all that was in it, and so may what opened it. */
const remembered = 12;
/** What is disabled while it works is waited for. */
const patience = 1500;

interface Place {
  readonly path: string;
  readonly at: HTMLElement;
  readonly before: readonly HTMLElement[];
  readonly after: readonly HTMLElement[];
}

const isDisabled = (e: HTMLElement): boolean => e.matches(':disabled');

function takesFocus(e: HTMLElement): boolean {
  if (!e.isConnected || isDisabled(e) || !e.checkVisibility()) return false;
  return !(e instanceof HTMLInputElement && e.type === 'radio' && !e.checked);
}

function placeOf(at: HTMLElement): Place {
  const part = at.closest(parts) ?? document.body;
  const all = [...part.querySelectorAll<HTMLElement>(reachable)];
  const index = all.indexOf(at);
  return {
    path: window.location.pathname,
    at,
    before: all.slice(0, Math.max(0, index)).reverse(),
    after: all.slice(index + 1),
  };
}

const beside = ({ before, after }: Place): HTMLElement | undefined =>
  after.find(takesFocus) ?? before.find(takesFocus);

export function keepFocus(): () => void {
  let places: readonly Place[] = [];
  let timer: number | undefined;
  let lostAt: number | undefined;

  const look = (wait: number) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(check, wait);
  };

  function check() {
    timer = undefined;
    const last = places.at(-1);
    if (!last || document.activeElement !== document.body) {
      lostAt = undefined;
      return;
    }
    if (takesFocus(last.at)) {
      // Disabled for a while, and back; what was never lost was left on purpose.
      if (lostAt !== undefined) last.at.focus();
      lostAt = undefined;
      return;
    }
    const now = performance.now();
    lostAt ??= now;
    if (last.at.isConnected && isDisabled(last.at) && now - lostAt < patience) {
      look(patience);
      return;
    }
    lostAt = undefined;
    const here = places.filter((place) => place.path === window.location.pathname);
    const next =
      last.path === window.location.pathname ? here.toReversed().map(beside).find(Boolean) : undefined;
    (next ?? document.getElementById('main'))?.focus({ preventScroll: next === undefined });
  }

  const focused = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    lostAt = undefined;
    places = [...places.filter(({ at }) => at !== target), placeOf(target)].slice(-remembered);
  };
  // Pointing somewhere is leaving on purpose.
  const pointed = () => (places = []);
  const changes = new MutationObserver(() => {
    if (places.length > 0 && timer === undefined) look(40);
  });

  document.addEventListener('focusin', focused);
  document.addEventListener('pointerdown', pointed);
  changes.observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['disabled', 'hidden', 'open'],
  });
  return () => {
    document.removeEventListener('focusin', focused);
    document.removeEventListener('pointerdown', pointed);
    changes.disconnect();
    window.clearTimeout(timer);
  };
}
