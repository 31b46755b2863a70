import type { Tags } from '../api/types';

export const tagText = (tags: Tags): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');

export function TagList({ tags }: { tags: Tags }) {
  const entries = Object.entries(tags);
  if (entries.length === 0) return null;
  return (
    <span className="tags">
      {entries.map(([key, value]) => (
        <span className="tag" key={key}>
          <span className="tag__key">{key}</span> {value}
        </span>
      ))}
    </span>
  );
}
