import { pageAddress } from '../address';
import { draftYaml, type Draft } from './draft';

/** The page that defines KPIs, with a draft to go on from; undefined where there is no such page. */
export const draftAddress = (draft: Draft): string | undefined =>
  pageAddress('/definitions') && `/definitions?draft=${encodeURIComponent(draftYaml(draft))}`;
