import type { ButtonHTMLAttributes } from 'react';

type Look = 'primary' | 'secondary' | 'quiet' | 'danger';

const looks: Record<Look, string> = {
  primary: 'usa-button button button--primary',
  secondary: 'usa-button usa-button--outline button',
  quiet: 'usa-button usa-button--unstyled button button--quiet',
  danger: 'usa-button button button--danger',
};

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look;
}

export function Button({ look = 'secondary', className, type = 'button', ...rest }: Props) {
  return <button className={[looks[look], className].filter(Boolean).join(' ')} type={type} {...rest} />;
}
