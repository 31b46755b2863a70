import { lazy, Suspense } from 'react';
import { Loading } from '../../../components/states';

const Markdown = lazy(() => import('./markdown'));

export const TextPanel = ({ text }: { text: string }) => (
  <Suspense fallback={<Loading height={40} />}>
    <Markdown>{text}</Markdown>
  </Suspense>
);
