/** Español. Las mismas claves que el inglés: lo comprueban los tipos y una prueba. */
import type { Texts } from '..';
import { common } from './common';
import { controlRoom } from './control-room';
import { kpis } from './kpis';
import { cases } from './cases';
import { definitions } from './definitions';
import { figures } from './figures';
import { alerting } from './alerting';
import { boards } from './boards';
import { explore } from './explore';
import { metrics } from './metrics';
import { reports } from './reports';

export const es: Texts = {
  ...common,
  ...controlRoom,
  ...metrics,
  ...alerting,
  ...kpis,
  ...cases,
  ...definitions,
  ...figures,
  ...explore,
  ...boards,
  ...reports,
};
