import { createContext, useContext } from 'react';
import type { Session } from './types';

export const SessionContext = createContext<Session>({ authentication: false, signedIn: false });

export const useSession = (): Session => useContext(SessionContext);

/** Whether the viewer may do what a role allows. The server decides; this decides what is offered. */
export function useRole(role: 'read' | 'ingest' | 'operate'): boolean {
  const session = useSession();
  return !session.authentication || (session.roles ?? []).includes(role);
}
