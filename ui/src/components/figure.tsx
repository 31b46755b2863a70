import { rounded, value } from '../lib/format';

/** A value rounded for the eye, with the exact one behind it. */
export function Figure({ children }: { children: number }) {
  const [whole, fraction] = rounded(children);
  const exact = value(children);
  return (
    <data
      className={fraction ? undefined : 'whole'}
      value={children}
      title={whole + fraction === exact ? undefined : exact}
    >
      {whole}
      {fraction && <span className="fraction">{fraction}</span>}
    </data>
  );
}
