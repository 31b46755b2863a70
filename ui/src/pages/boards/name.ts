/** A board's name as the API takes it: up to 64 of a-z, 0-9, dot, dash, underscore. */
export const isName = (name: string): boolean => /^[a-z0-9][a-z0-9._-]{0,63}$/.test(name);

/** A name made of a title: "Día de trabajo" gives dia-de-trabajo. */
export const nameOf = (title: string): string =>
  title
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 64);

/** The name that a board's text says, in YAML or JSON. What the text means the server decides. */
export function nameInText(text: string): string | undefined {
  const found = /^\s*(?:name|"name")\s*:\s*(["']?)([^"'\s,#}]+)\1/m.exec(text.replace(/^\s*\{/, ' '))?.[2];
  return found !== undefined && isName(found) ? found : undefined;
}
