import { Fragment } from 'react';

/** A metric's name, which may break after its separators and only there if that is enough. */
export function Name({ children }: { children: string }) {
  return children.split(/(?<=[._/:-])/).map((part, i) => (
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
