import { useEffect, useId, useRef, type ReactNode } from 'react';
import { texts } from '../texts';

interface Props {
  readonly heading: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons at the foot. */
  readonly actions?: ReactNode;
  /** A drawer at the side instead of a box in the middle. */
  readonly side?: boolean;
}

/**
 * A modal dialog or drawer, open while it is rendered. The browser's own dialog
 * holds the focus inside, closes with Escape, and gives the focus back.
 */
export function Dialog({ heading, onClose, children, actions, side = false }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown?.showModal();
    return () => {
      shown?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      className={side ? 'dialog dialog--side' : 'dialog'}
      ref={dialog}
      aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
    >
      <header className="dialog__head">
        <h2 className="dialog__title" id={id}>
          {heading}
        </h2>
        <button
          className="usa-button usa-button--unstyled button button--quiet"
          type="button"
          onClick={onClose}
        >
          {texts.dialog.close}
        </button>
      </header>
      <div className="dialog__body">{children}</div>
      {actions && <footer className="dialog__actions">{actions}</footer>}
    </dialog>
  );
}
