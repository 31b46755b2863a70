import { useEffect, useRef, useState } from 'react';
import type { Kpi } from '../../api/types';
import { Button } from '../../components/button';
import { copyText } from '../../lib/copy';
import { moment, zoneName } from '../../lib/format';
import { titleOf } from '../../lib/title';
import { serverNow } from '../../api/http';
import { texts } from '../../texts';
import { csvOf, type Drawn } from './drawn';
import { download, pictureOf } from './export';
import type { Extent } from './view';

/** What is shown as a file, or as an address that shows just that. */
export function ExportTools({ kpi, drawn, extent }: { kpi: Kpi; drawn: Drawn; extent: Extent }) {
  const text = texts.kpis.files;
  const host = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (!said) return;
    const timer = window.setTimeout(() => setSaid(''), 4000);
    return () => window.clearTimeout(timer);
  }, [said]);
  const picture = async () => {
    const canvas = host.current?.closest('.panel')?.querySelector('canvas');
    if (!canvas) {
      setSaid(text.noPicture);
      return;
    }
    const now = serverNow();
    const data = await pictureOf(canvas, titleOf(kpi), [
      `${moment(extent.from, now, false)} – ${moment(extent.to, now, false)}. ${texts.zone(zoneName(now))}`,
      kpi.formula,
    ]);
    if (data) download(`${kpi.name}.png`, data);
  };
  const csv = () =>
    download(
      `${kpi.name}.csv`,
      new Blob([csvOf(drawn, ['time', ...drawn.series.map((s) => s.label)])], { type: 'text/csv' }),
    );
  const link = () => {
    const address = new URL(window.location.href);
    address.searchParams.delete('range');
    address.searchParams.set('span', `${Math.round(extent.from)}-${Math.round(extent.to)}`);
    void copyText(address.href).then((done) => setSaid(done ? texts.empty.copied : address.href));
  };
  return (
    <div className="export" ref={host}>
      <span role="status" className="export__said">
        {said}
      </span>
      <Button look="quiet" onClick={csv}>
        {text.csv}
      </Button>
      <Button look="quiet" onClick={() => void picture()}>
        {text.png}
      </Button>
      <Button look="quiet" onClick={link}>
        {text.link}
      </Button>
    </div>
  );
}
