import { useState, type ReactNode } from 'react';
import { count } from '../lib/format';
import { as } from '../lib/roles';
import { texts } from '../texts';

export interface Column<Row> {
  readonly id: string;
  readonly heading: string;
  readonly cell: (row: Row) => ReactNode;
  /** What to sort by; without it the column does not sort. */
  readonly sort?: ((row: Row) => number | string) | undefined;
  readonly number?: boolean;
  /** The cell that names the row. */
  readonly header?: boolean;
}

interface Props<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly pageSize?: number;
  readonly showCaption?: boolean;
}

interface Order {
  readonly column: string;
  readonly down: boolean;
}

function ordered<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order | undefined) {
  const by = columns.find((c) => c.id === order?.column)?.sort;
  if (!by || !order) return rows;
  const sign = order.down ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [by(a), by(b)];
    return x === y ? 0 : (x < y ? -1 : 1) * sign;
  });
}

/** A table that sorts by its headings and shows a page at a time. */
export function DataTable<Row>({ caption, columns, rows, rowKey, pageSize = 50, showCaption }: Props<Row>) {
  const [order, setOrder] = useState<Order>();
  const [page, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(rows.length / pageSize));
  const at = Math.min(page, pages - 1);
  const shown = ordered(rows, columns, order).slice(at * pageSize, (at + 1) * pageSize);

  return (
    <div className="data">
      {/* The region scrolls, so the keyboard must reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="scroll" tabIndex={0} role="region" aria-label={caption}>
        <table
          className={`usa-table usa-table--borderless table${columns.length > 3 ? ' table--records' : ''}`}
          {...as('table')}
        >
          <caption className={showCaption ? 'table__caption' : 'usa-sr-only'}>{caption}</caption>
          <thead {...as('rowgroup')}>
            <tr data-label={texts.table.sortBy} {...as('row')}>
              {columns.map((column) => (
                <Heading
                  key={column.id}
                  column={rows.length > 1 ? column : { ...column, sort: undefined }}
                  order={order?.column === column.id ? order : undefined}
                  onOrder={(down) => {
                    setOrder({ column: column.id, down });
                    setPage(0);
                  }}
                />
              ))}
            </tr>
          </thead>
          <tbody {...as('rowgroup')}>
            {shown.map((row) => (
              <tr key={rowKey(row)} {...as('row')}>
                {columns.map((column) =>
                  column.header ? (
                    <th scope="row" key={column.id} {...as('rowheader')}>
                      {column.cell(row)}
                    </th>
                  ) : (
                    <td
                      className={column.number ? 'cell--number' : undefined}
                      data-label={column.heading}
                      key={column.id}
                      {...as('cell')}
                    >
                      {column.cell(row)}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className="panel__empty">{texts.table.empty}</p>}
      </div>
      {pages > 1 && (
        <Pager
          from={at * pageSize + 1}
          to={at * pageSize + shown.length}
          total={rows.length}
          onPrevious={at > 0 ? () => setPage(at - 1) : undefined}
          onNext={at < pages - 1 ? () => setPage(at + 1) : undefined}
        />
      )}
    </div>
  );
}

function Heading<Row>(props: {
  column: Column<Row>;
  order: Order | undefined;
  onOrder: (down: boolean) => void;
}) {
  const { column, order, onOrder } = props;
  const className = column.number ? 'cell--number' : undefined;
  if (!column.sort) {
    return (
      <th scope="col" className={className} {...as('columnheader')}>
        {column.heading}
      </th>
    );
  }
  return (
    <th
      scope="col"
      className={className}
      {...as('columnheader')}
      aria-sort={order ? (order.down ? 'descending' : 'ascending') : undefined}
    >
      <button
        className="sort"
        type="button"
        title={texts.table.sort(column.heading)}
        onClick={() => onOrder(order ? !order.down : column.number === true)}
      >
        {column.heading}
        <span className="sort__sign" aria-hidden="true">
          {order ? (order.down ? '↓' : '↑') : ''}
        </span>
      </button>
    </th>
  );
}

function Pager(props: {
  from: number;
  to: number;
  total: number;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}) {
  return (
    <div className="pager">
      <span role="status">{texts.table.page(count(props.from), count(props.to), count(props.total))}</span>
      <button
        className="usa-button usa-button--outline button"
        type="button"
        disabled={!props.onPrevious}
        onClick={props.onPrevious}
      >
        {texts.table.previous}
      </button>
      <button
        className="usa-button usa-button--outline button"
        type="button"
        disabled={!props.onNext}
        onClick={props.onNext}
      >
        {texts.table.next}
      </button>
    </div>
  );
}
