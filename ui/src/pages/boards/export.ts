import { boardYaml } from '../../api/boards';

/** Gives the browser a file to keep. */
export async function saveYaml(name: string): Promise<void> {
  const url = URL.createObjectURL(new Blob([await boardYaml(name)], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.yaml`;
  link.click();
  URL.revokeObjectURL(url);
}
