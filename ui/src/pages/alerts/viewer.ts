import { useState } from 'react';
import { useSession } from '../../api/session';

const key = 'hms-viewer';

function stored(): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

/** Under which name the viewer acts: the token's, or, where there are no tokens, what was typed last on this machine. */
export function useViewerName(): readonly [string, (name: string) => void] {
  const session = useSession();
  const [name, setName] = useState(() => (session.authentication && session.name) || stored());
  const set = (next: string) => {
    setName(next);
    try {
      localStorage.setItem(key, next);
    } catch {
      // Storage is blocked: it is typed again next time.
    }
  };
  return [name, set];
}
