import { routes } from '.';

function matches(route: string, path: string): boolean {
  const [wanted, given] = [route.split('/'), path.split('/')];
  return (
    wanted.length === given.length && wanted.every((part, i) => part.startsWith(':') || part === given[i])
  );
}

/** The address, where a page is there to answer it: what is not there is not linked. */
export function pageAddress(address: string): string | undefined {
  const path = address.split('?')[0] ?? address;
  return routes.some((route) => matches(route.path, path)) ? address : undefined;
}
